// Launches from a process that lives for one round: whatever the kernel draws at random for a process, above
// all its memory layout, which forked ends inherit, is drawn anew in each round.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "bench/cli/interrupt.hpp"
#include "bench/run/launch_protocol.hpp"
#include "bench/run/rounds_options.hpp"

namespace ipcbench {

// Replaced in tests.
struct LauncherOptions {
  std::string program = "/proc/self/exe";  // the same, even if its file was replaced since the start
  std::vector<std::string> arguments{std::string(kLaunchSideName)};
  // For the answer, beyond the time limits that the launcher itself applies to a launch.
  std::chrono::milliseconds beyond{10'000};
  std::chrono::milliseconds farewell{2'000};  // to end by itself before it is killed
  const volatile std::sig_atomic_t* interrupted = InterruptWatch::flag();
};

// Options whose launches are made by a launcher. It is started for the first launch of a round and ended
// after the round. A launcher that cannot be started, ends, or hangs is a failed launch, and the next launch
// starts another. Where there is no such program (without /proc), the launches stay in this process.
RoundsOptions with_launchers(RoundsOptions rounds, const LauncherOptions& options = {});

}  // namespace ipcbench
