// The explorer's input and output: programs and their operations, mutations, results.
#pragma once

#include <fmt/format.h>

#include <array>
#include <functional>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <vector>

#include "mechanisms/testing/ordering/memory_model.hpp"

namespace ipcbench::ordering {

inline constexpr std::size_t kNowhere = kMaxLocations;

// local: wakes up, or begins; take, give: a counting semaphore.
enum class Kind {
  local,
  load,
  store,
  update,
  failed_update,
  fence,
  light_fence,
  heavy_fence,
  futex_wait,
  futex_wake,
  take,
  give
};

constexpr const char* name_of(Kind kind) {
  constexpr std::array kNames{"goes on",       "load",       "store",       "update",
                              "failed update", "fence",      "light fence", "heavy fence",
                              "futex wait",    "futex wake", "take",        "give"};
  return kNames.at(static_cast<std::size_t>(kind));
}
constexpr const char* name_of(Order order) {
  constexpr std::array kNames{"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
  return kNames.at(static_cast<std::size_t>(order));
}

struct Operation {
  Kind kind = Kind::local;
  std::size_t location = kNowhere;
  Order order = Order::relaxed;
};

constexpr bool reads(Kind kind) {
  return kind == Kind::load || kind == Kind::update || kind == Kind::futex_wait;
}
constexpr bool enters_kernel(Kind kind) { return kind >= Kind::futex_wait; }

// Whether `done`, an operation of another thread, can change the outcome of `later`. Weaker accesses
// cannot: a store finds the same place in the modification order, and a load the same message. A read may
// find newer messages too; the explorer tells them from the earlier ones.
constexpr bool disturbs(const Operation& done, const Operation& later) {
  if (done.kind == Kind::light_fence) return later.kind == Kind::heavy_fence;
  if (later.kind == Kind::light_fence) return done.kind == Kind::heavy_fence;
  if (done.order == Order::seq_cst && later.order == Order::seq_cst) return true;
  if (done.location == kNowhere || done.location != later.location) return false;
  return enters_kernel(done.kind) && enters_kernel(later.kind);
}

// An access in the source that names an order.
struct Site {
  const char* file = "";
  unsigned line = 0;
  Kind kind = Kind::local;
  Order order = Order::relaxed;

  auto operator<=>(const Site&) const = default;
  static Site at(const std::source_location& where, Kind kind, Order order) {
    return {where.file_name(), where.line(), kind, order};
  }
  [[nodiscard]] std::string text() const {
    const std::string path = file;
    return fmt::format("{}:{} {} {}", path.substr(path.rfind('/') + 1), line, name_of(kind), name_of(order));
  }
};

// Replaces the order at a site. `order` empty: the operation is left out (fences and stores).
// `torn`: an update becomes a load and a store.
struct Mutation {
  Site site;
  std::optional<Order> order;
  bool torn = false;

  [[nodiscard]] std::string text() const {
    return fmt::format("{} -> {}", site.text(), torn ? "torn" : order ? name_of(*order) : "left out");
  }
};

struct Options {
  std::optional<Mutation> mutation{};
  bool reduce = true;               // false: explores repetitions too
  unsigned early_returns = 0;       // of futex waits, as after a signal, in one execution
  std::set<Site>* sites = nullptr;  // receives the sites that were reached
  // Receives, for each execution, the values that each thread read and the final value of each location.
  std::set<std::string>* outcomes = nullptr;

  // The order to use at a site; nothing: leave the operation out.
  [[nodiscard]] std::optional<Order> order_at(const Site& site) const {
    if (sites != nullptr) sites->insert(site);
    return mutation && !mutation->torn && mutation->site == site ? mutation->order : site.order;
  }
  [[nodiscard]] bool tears(const Site& site) const {
    return mutation && mutation->torn && mutation->site == site;
  }
};

struct Result {
  std::uint64_t executions = 0;  // run to their end
  std::uint64_t repeated = 0;    // given up because they repeat another
  std::uint64_t steps = 0;
  std::string failure;  // the first, with the operations that led to it; empty: none
};

struct Program {
  std::vector<std::function<void()>> threads;  // at most kMaxThreads - 1
  std::function<void()> afterwards = [] {};    // runs when all have finished; sees everything that they did
  std::vector<std::string> locations{};        // names, in the order in which they were made

  [[nodiscard]] std::string name_of(std::size_t location) const {
    if (location == kNowhere) return "";
    return location < locations.size() ? locations[location] : fmt::format("#{}", location);
  }
};

}  // namespace ipcbench::ordering
