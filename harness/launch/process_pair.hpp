// One launch: a fresh pair of processes (or threads, or one process and several) runs one cell once.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/base/cell.hpp"
#include "harness/base/measurement.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/contract/mechanism.hpp"
#include "harness/host/topology.hpp"
#include "harness/registry/link.hpp"

namespace ipcbench {

struct LaunchOptions {
  Placement placement;  // of the cell's class; checked against where the ends really ran
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
  std::chrono::nanoseconds
      time_limit{};  // for the whole launch; a pair that is not through by then is killed
  std::string program = "/proc/self/exe";  // what unrelated ends run; its main() calls run_if_worker()
  const volatile std::sig_atomic_t* interrupted = nullptr;  // becomes non-zero: give up at once
};

// What a launch of that cell creates its objects from, with a new name. Throws KernelError.
LinkSpec spec_for(const Cell& cell, const LaunchDirectory& directory);

// The mechanism's objects for one launch of that cell. Throws what the mechanism does, and CallTimedOut
// (call_limit.hpp) if it takes longer than that.
std::unique_ptr<Link> create_objects(const Cell& cell, const LinkSpec& spec, std::chrono::nanoseconds limit);

// Creates the mechanism's objects, starts both ends, watches them, collects what they measured, and removes
// everything again. Never throws for what goes wrong with the mechanism or an end: that is a Failure. The
// cell must be one that `why_skipped` (skip.hpp) lets through.
LaunchOutcome launch(const Cell& cell, const LaunchOptions& options);

}  // namespace ipcbench
