// One launch: a fresh pair of processes (or threads, or one process and several) runs one cell once.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/base/cell.hpp"
#include "harness/base/measurement.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/host/topology.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/registry/link.hpp"

namespace ipcbench {

struct LaunchOptions {
  Placement placement;  // of the cell's class; checked against where the ends really ran
  std::chrono::nanoseconds verify{kVerifyNs};
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
  // A ping-pong is timed for longer until it has so many samples: five times as long and 100 ms at most. A
  // 99th percentile rests on a thousand samples; twice as many say how certain it is.
  std::uint64_t least_samples = 2'000;
  // Facts about this machine. A process that makes launches for another one gets that one's, so that all
  // launches rest on the same. Empty: measured once in this process.
  std::optional<std::chrono::nanoseconds> spin = std::nullopt;  // of `adaptive`: spin_of()
  std::optional<double> clock_resolution_ns = std::nullopt;     // clock_facts()
  std::chrono::nanoseconds time_limit{};   // of the whole launch; a pair that takes longer is killed
  std::string program = "/proc/self/exe";  // what unrelated ends run; its main() calls run_if_worker()
  const volatile std::sig_atomic_t* interrupted = nullptr;  // becomes non-zero: give up at once
  bool counts = false;                                      // count as well, see Measurement::counts
};

// How long `adaptive` spins in that cell: as its parameter says, otherwise adaptive_spin().
std::chrono::nanoseconds spin_of(const Cell& cell, const Placement& placement);

// The parameters for the objects of one link of that cell, in that private directory and under a new name.
// Throws KernelError.
LinkSpec spec_for(const Cell& cell, std::string directory);

// Creates the mechanism's objects for one launch of that cell. Throws what the mechanism throws, and
// CallTimedOut (call_limit.hpp) after `limit`. took_ns, unless null: how long that took.
std::unique_ptr<Link> create_objects(const Cell& cell, const LinkSpec& spec, std::chrono::nanoseconds limit,
                                     std::uint64_t* took_ns = nullptr);

// Creates the mechanism's objects, starts both ends, watches them, collects their results, and removes
// everything again. An error of the mechanism or of an end is a Failure, never an exception. The cell must be
// one that `why_skipped` (skip.hpp) lets through.
LaunchOutcome launch(const Cell& cell, const LaunchOptions& options);

}  // namespace ipcbench
