// Turns the ends of a launch into a measurement, or into the one reason why there is none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/base/measurement.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// A process and the ends that ran in it: one, or all of them as threads.
struct ProcessEnd {
  std::vector<EndId> ends;
  std::optional<ExitStatus> status = {};  // empty: it did not end by itself
  std::uint32_t pair = 0;
};

struct LaunchEnd {
  std::vector<ProcessEnd> processes;
  bool timed_out = false;
  bool interrupted = false;
  bool unkillable = false;     // a process outlived its SIGKILL
  std::uint64_t slept_ns = 0;  // while the whole machine was asleep
  double clock_resolution_ns = 1;
  std::uint64_t create_ns = 0;  // the launcher's part of SetUpTimes, of the slowest link
  std::uint64_t remove_ns = 0;
};

// Whether the process ended before all its ends were done.
bool ended_badly(const ProcessEnd& process, const ControlBlock& control);

// If there are several failures, reports the likely cause: a signal before a failed check, a failed check
// before a silent exit, a silent exit before an error, since the peer of a dead end sees errors too. Without
// a failure the measurement must still be plausible (plausibility.hpp).
LaunchOutcome outcome_of(const LaunchEnd& end, const ControlBlock& control,
                         std::chrono::nanoseconds time_limit);

// Adds to the failure of a library's link what a limit may explain: libraries end their process, wait for
// ever or speak of something else where one is met. printed: the last line that the ends printed, which is
// left out where an end has reported an error.
void explain_of_library(Failure& failure, std::string_view printed);

}  // namespace ipcbench
