// From how two ends ended to a measurement, or to the one reason why there is none.
#pragma once

#include <array>
#include <optional>

#include "harness/child.hpp"
#include "harness/control_block.hpp"
#include "harness/process_pair.hpp"

namespace ipcbench {

// Arrays are by Side.
struct PairEnd {
  std::array<std::optional<ExitStatus>, 2> status;  // empty: it did not end by itself
  std::array<bool, 2> killed_by_us{};
  bool timed_out = false;
  bool interrupted = false;
};

// Whether an end has gone (`status` is set) that was not through.
bool ended_badly(const std::optional<ExitStatus>& status, const SideState& state);

// Of two failures the cause is reported: a signal before a failed check, a failed check before a silent exit,
// a silent exit before an error, since the peer of an end that has gone sees errors too.
LaunchOutcome outcome_of(const PairEnd& end, ControlBlock& control, const LaunchOptions& options);

}  // namespace ipcbench
