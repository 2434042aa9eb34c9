// How the program ends: the one list of its exit codes.
#pragma once

#include "harness/base/error.hpp"

namespace ipcbench {

enum ExitCode : int {
  kSuccess = 0,
  kRegressed = 1,          // with --gate: something is slower, certainly and by as much as counts
  kUsage = 2,              // a mistake in the arguments, or something that cannot be read or written
  kIncomparable = 3,       // with --gate: other settings or another host, so that nothing can be said
  kTooWeak = 4,            // with --gate --require-power: too noisy to tell
  kMeasurementFailed = 5,  // something that was selected could not be measured
};

// After a signal: what a shell reports of a program that died of it.
constexpr int exit_code_of_signal(int signal) { return 128 + signal; }

}  // namespace ipcbench
