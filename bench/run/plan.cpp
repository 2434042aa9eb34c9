#include "bench/run/plan.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <tuple>
#include <utility>

#include "harness/launch/skip.hpp"
#include "harness/loops/floors.hpp"

namespace ipcbench {
namespace {

using Reason = std::optional<std::string>;

// The trials of a plan and their results.
class CellTrials {
 public:
  Reason why_not(const Cell& cell) {
    if (auto reason = why_skipped(cell)) return reason;
    if (cell.cpus != Cpus::free && unpinnable()) return unpinnable();
    if (cell.peers == Peers::exec && !exec_works_) {
      return "unrelated ends are started from /proc/self/exe, which is missing; mount /proc, or select "
             "--peers fork";
    }
    if (auto reason = too_fast(cell)) return reason;
    if (const Reason& reason = refused(cell)) return reason;
    return stopped(cell);
  }

 private:
  // The rate that this machine's pacer can offer is measured once.
  Reason too_fast(const Cell& cell) {
    if (cell.pattern != Pattern::paced || cell.load.per_second == 0) return std::nullopt;
    if (!most_paced_) most_paced_ = most_paced_per_second();
    return why_too_fast(cell.load, *most_paced_);
  }

  const Reason& unpinnable() {
    if (!unpinnable_) unpinnable_ = why_unpinnable();
    return *unpinnable_;
  }

  // The key has everything that decides which objects are created, and their sizes.
  const Reason& refused(const Cell& cell) {
    auto key = std::tuple(cell.mechanism, cell.pattern, cell.size_bytes, cell.parameters);
    const auto known = refused_.find(key);
    if (known != refused_.end()) return known->second;
    return refused_.emplace(std::move(key), why_refused(cell)).first->second;
  }

  // What an end can reach does not depend on sizes, payloads, placements or patterns.
  Reason stopped(const Cell& cell) {
    if (cell.boundary == Boundary::none) return std::nullopt;
    auto key = std::tuple(cell.mechanism, cell.boundary, cell.peers, cell.wait);
    const auto known = stopped_.find(key);
    if (known != stopped_.end()) return known->second;
    return stopped_.emplace(std::move(key), why_not_across(cell)).first->second;
  }

  bool exec_works_ = access("/proc/self/exe", X_OK) == 0;
  std::optional<Reason> unpinnable_;
  std::optional<double> most_paced_;
  std::map<std::tuple<std::string, Pattern, std::size_t, Settings>, Reason> refused_;
  std::map<std::tuple<std::string, Boundary, Peers, Wait>, Reason> stopped_;
};

}  // namespace

std::optional<std::string> why_too_fast(const OfferedLoad& load, double most_per_second) {
  if (static_cast<double>(load.per_second) <= most_per_second) return std::nullopt;
  // Rounded down to two digits, so that it passes.
  const double step = std::pow(10, std::floor(std::log10(most_per_second)) - 1);
  return fmt::format(
      "the pacer can offer {:.0f} messages a second here, over a floor that moves nothing, and not {}; give "
      "a "
      "lower --rate, such as {:.0f}",
      most_per_second, load.per_second, std::floor(most_per_second / step) * step);
}

SkipReason reasons_here() {
  return [trials = CellTrials()](const Cell& cell) mutable { return trials.why_not(cell); };
}

Plan make_plan(const std::vector<Cell>& cells, const std::vector<Placement>& placements,
               const SkipReason& why) {
  Plan plan;
  for (const Cell& cell : cells) {
    std::string name = cell_name(cell);
    const auto placement = std::ranges::find(placements, cell.cpus, &Placement::cpus);
    if (placement == placements.end()) {
      plan.skipped.push_back(
          {name, fmt::format("no two CPUs that this process may use have this placement ({})",
                             name_of(cell.cpus))});
    } else if (auto reason = why(cell)) {
      plan.skipped.push_back({name, *reason});
    } else {
      plan.cells.push_back({cell, std::move(name), *placement});
    }
  }
  return plan;
}

std::vector<std::size_t> round_order(std::size_t count, std::uint64_t seed, std::uint32_t round) {
  std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), round};
  std::mt19937_64 random(mixed);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Fisher-Yates. The remainder's bias is below 2^-50 for any number of cells that fits a run.
  for (std::size_t left = count; left > 1; --left) std::swap(order[left - 1], order[random() % left]);
  return order;
}

}  // namespace ipcbench
