// The part of a launch that runs in the processes of its ends.
#pragma once

#include <optional>

#include "harness/loops/control_block.hpp"
#include "harness/registry/link.hpp"

namespace ipcbench {

// The exit code of an end that reported an error through the control block.
inline constexpr int kWorkerFailed = 1;

// Pins the calling thread, runs one end of the job over `link`, and leaves its results or its error in the
// control block. Returns the exit code.
int run_worker(Link& link, EndId end, ControlBlock& control) noexcept;

// Runs all ends of the job as threads of this process. They share `link`; if it is null, each joins a link of
// its own by the job's addresses. Returns the exit code once all have ended. Ends the process if one has
// failed and the others do not follow.
int run_threads(Link* link, ControlBlock& control) noexcept;

// The first argument of the program when it runs as an unrelated end.
inline constexpr const char* kWorkerArgument = "--ipcbench-worker";

// Every program that launches pairs calls this first in main(). If this process was started as an end
// ("PROGRAM --ipcbench-worker FD SIDE INDEX PAIR"), runs the end and returns its exit code.
std::optional<int> run_if_worker(int argc, char** argv);

}  // namespace ipcbench
