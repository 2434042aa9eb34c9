// Decides from its traits alone whether a mechanism can run a cell. The sweep leaves impossible cells out, a
// launch skips them with the reason given here, and loops that could never run are not compiled. available(),
// message_limit() and refuses() of the mechanism answer for this kernel, its settings and the parameters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/cell.hpp"
#include "harness/contract/traits.hpp"

namespace ipcbench {

// Why the mechanism cannot have several links, each with a producer of its own; empty: it can.
constexpr std::string_view why_without_own_links(const Traits& traits) {
  if (is_floor(traits)) return "a floor has no other end";
  if (traits.delivery != Delivery::reliable)
    return "after losses nobody could tell which of several links is through";
  if (!traits.waits.contains(Wait::spin) && !traits.waits.contains(Wait::epoll))
    return "its receiver can neither spin nor show a descriptor, and so wait for one link only";
  return {};
}

// Why the mechanism lacks this pattern; empty: it has it.
constexpr std::string_view why_without(const Traits& traits, Pattern pattern, Links links = Links::one) {
  if (is_fanin(pattern) && links == Links::each) return why_without_own_links(traits);
  const bool plain = pattern == Pattern::latency || pattern == Pattern::throughput;
  if (plain) return {};
  if (is_floor(traits)) return "a floor has no other end";
  if (!is_fan(pattern)) return {};
  const bool single = traits.flow == Flow::duplex || traits.delivery != Delivery::reliable;
  if (is_fanin(pattern)) {
    if (!single && traits.sharing.senders) return {};
    return why_without_own_links(traits).empty() ? "one object has one sender only; use --links each"
                                                 : "one object has one sender only";
  }
  return single || !traits.sharing.receivers ? "one object has one receiver only" : std::string_view{};
}

constexpr bool can_run(const Traits& traits, Pattern pattern, Links links = Links::one) {
  return why_without(traits, pattern, links).empty();
}

// The kind of peers that a mechanism is measured with where nobody asked for another.
constexpr Peers usual_peers(const Traits& traits) {
  return traits.kinship == Kinship::one_process ? Peers::thread : Peers::fork;
}

// Why the mechanism can never run this cell, in one line; empty: by its traits, it can. joinable: unrelated
// ends can reach its objects (MechanismEntry::join).
std::optional<std::string> why_infeasible(const Traits& traits, bool joinable, const Cell& cell);

// Throws std::logic_error: a job was launched that why_infeasible() excludes. Out of line, because more code
// in a mechanism's file changes what the compiler inlines into its loops.
[[noreturn]] void throw_infeasible(std::string_view mechanism, std::string_view value);

}  // namespace ipcbench
