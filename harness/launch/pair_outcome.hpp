// From how the ends of a launch ended to a measurement, or to the one reason why there is none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/base/measurement.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// A process, and the ends that ran in it: one, or as threads all of them.
struct ProcessEnd {
  std::vector<EndId> ends;
  std::optional<ExitStatus> status = {};  // empty: it did not end by itself
};

struct LaunchEnd {
  std::vector<ProcessEnd> processes;
  bool timed_out = false;
  bool interrupted = false;
  bool unkillable = false;     // a process outlived its SIGKILL
  std::uint64_t slept_ns = 0;  // for which the whole machine was asleep
};

// Whether a process has gone in which an end was not through.
bool ended_badly(const ProcessEnd& process, const ControlBlock& control);

// Of several failures the cause is reported: a signal before a failed check, a failed check before a silent
// exit, a silent exit before an error, since the peer of an end that has gone sees errors too. Where nothing
// failed, what was measured still has to be possible: on the CPUs that were asked for, without a pause, for
// as long as was asked, by a clock that went forward, as many messages as were sent.
LaunchOutcome outcome_of(const LaunchEnd& end, ControlBlock& control, std::chrono::nanoseconds time_limit);

}  // namespace ipcbench
