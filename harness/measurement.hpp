// What one launch of a pair yields: plain records, no behaviour.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/cell.hpp"
#include "harness/histogram.hpp"

namespace ipcbench {

// What the timed phase cost one end (its thread alone, from getrusage and the thread's CPU clock).
struct SideCost {
  std::uint64_t cpu_ns = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::uint64_t minor_faults = 0;
  std::optional<int> cpu;  // the CPU it was pinned to, read back; empty if not pinned
};

// A stretch of the timed phase, for seeing drift inside a launch.
struct Window {
  std::uint64_t messages;  // round trips (latency) or messages received (throughput)
  std::uint64_t elapsed_ns;
};

struct Measurement {
  std::uint64_t messages = 0;       // round trips (latency) or messages received (throughput)
  std::uint64_t lost_messages = 0;  // sent but never received; only lossy mechanisms may have any
  std::uint64_t verified_messages = 0;
  std::uint64_t elapsed_ns = 0;  // the timed phase; throughput: start barrier to last message received
  std::uint64_t min_ns = 0;      // exact, latency only (as the next two)
  std::uint64_t max_ns = 0;
  std::vector<HistogramBucket> histogram;  // round-trip times
  SideCost producer;
  SideCost consumer;
  std::vector<Window> windows;
  Settings settings;  // what the kernel says is in force for the mechanism's parameters
};

// Why a launch gave no measurement.
struct Failure {
  enum class Kind { killed, exited, timed_out, check_failed, error, interrupted };
  Kind kind = Kind::error;
  std::string reason;  // one line: which end, in which phase, what happened
};

using LaunchOutcome = std::variant<Measurement, Failure>;

}  // namespace ipcbench
