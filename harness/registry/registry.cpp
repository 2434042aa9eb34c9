#include "harness/registry/registry.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <tuple>

#include "harness/base/call_limit.hpp"

namespace ipcbench {
namespace {

// Inside a function, so that it exists when the first adapter registers itself.
std::vector<MechanismEntry>& entries() {
  static std::vector<MechanismEntry> all;
  return all;
}

void (*later)() = nullptr;  // constant-initialised: it is set before main()

// Several threads may be the first to ask.
void load_the_rest() {
  static std::once_flag loaded;
  std::call_once(loaded, [] {
    if (later != nullptr) later();
  });
}

}  // namespace

std::span<const MechanismEntry> mechanisms() {
  load_the_rest();
  return entries();
}

const MechanismEntry* find_mechanism(std::string_view name) {
  load_the_rest();
  return find_linked_mechanism(name);
}

const MechanismEntry* find_linked_mechanism(std::string_view name) {
  const auto found =
      std::ranges::find(entries(), name, [](const MechanismEntry& e) { return e.traits.name; });
  return found == entries().end() ? nullptr : &*found;
}

const Parameter* buffer_parameter(const MechanismEntry& entry) {
  const auto found =
      std::ranges::find_if(entry.parameters, [](const Parameter& each) { return each.tuned != 0; });
  return found == entry.parameters.end() ? nullptr : &*found;
}

Unavailable ask_whether_available(const MechanismEntry& entry, std::chrono::nanoseconds limit) {
  try {
    return call_within(limit, std::string(entry.traits.name) + ": available()", entry.available);
  } catch (const CallTimedOut& error) {
    return error.what();
  }
}

void register_later(void (*load)()) { later = load; }

bool register_mechanism(const MechanismEntry& entry) {
  if (find_linked_mechanism(entry.traits.name) != nullptr) {
    std::fprintf(stderr, "ipcbench: two mechanisms are called %.*s\n",
                 static_cast<int>(entry.traits.name.size()), entry.traits.name.data());
    std::abort();
  }
  const auto rank = [](const MechanismEntry& e) { return std::tuple(!is_floor(e.traits), e.traits.name); };
  entries().insert(std::ranges::upper_bound(entries(), rank(entry), {}, rank), entry);
  return true;
}

}  // namespace ipcbench
