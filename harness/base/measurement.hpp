// The result of one launch: plain records, no behaviour.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/base/histogram.hpp"

namespace ipcbench {

// The costs of the timed phase for one end: its thread alone, from getrusage and the thread's CPU clock. The
// CPU time includes that of a thread of the kernel that works for the end.
struct SideCost {
  std::uint64_t cpu_ns = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::uint64_t minor_faults = 0;
  // Ready to run, but without a CPU; empty where the kernel does not count it.
  std::optional<std::uint64_t> run_delay_ns;
  std::optional<int> cpu;  // the CPU it was pinned to, read back; empty if not pinned
};

// What was counted for one side in the timed phase of a counted launch, in the kernel and outside it. Empty:
// not countable here.
struct SideCounts {
  std::optional<std::uint64_t> system_calls;
  std::optional<std::uint64_t> cycles;
  std::optional<std::uint64_t> instructions;
  std::optional<std::uint64_t> cache_misses;  // as this CPU defines them: mostly of the last level

  friend bool operator==(const SideCounts&, const SideCounts&) = default;
};

struct Counter {
  std::string_view name;   // in reports
  std::string_view label;  // for people
  std::optional<std::uint64_t> SideCounts::*count;
};
inline constexpr std::array kCounters{Counter{"system_calls", "system calls", &SideCounts::system_calls},
                                      Counter{"cycles", "cycles", &SideCounts::cycles},
                                      Counter{"instructions", "instructions", &SideCounts::instructions},
                                      Counter{"cache_misses", "cache misses", &SideCounts::cache_misses}};

// Why a counter could not count, in one line with the remedy.
struct MissingCounter {
  std::string counter;  // Counter::name
  std::string reason;

  friend bool operator==(const MissingCounter&, const MissingCounter&) = default;
};

struct LaunchCounts {
  SideCounts producer;  // of all producers together
  SideCounts consumer;
  std::vector<MissingCounter> missing;  // at most one for each counter

  friend bool operator==(const LaunchCounts&, const LaunchCounts&) = default;
};

// A part of the timed phase. Several of them show drift inside a launch.
struct Window {
  std::uint64_t messages = 0;  // as in Measurement
  std::uint64_t elapsed_ns = 0;
};

// oneway: bounds on how far the consumer's clock is ahead of the producer's, found by exchanging readings
// through shared memory. If all CPUs share one clock, as Linux promises for CLOCK_MONOTONIC, 0 lies between
// them. A time measured across the two clocks is off by at most the wider bound.
struct ClockOffset {
  std::int64_t low_ns = 0;
  std::int64_t high_ns = 0;

  friend bool operator==(const ClockOffset&, const ClockOffset&) = default;
};

// How long a cache line took to the other end's CPU and back, median: the distance of the two CPUs, which a
// hypervisor may change at any time.
struct LineRoundTrip {
  double before_ns = 0;  // the timed phase
  double after_ns = 0;

  friend bool operator==(const LineRoundTrip&, const LineRoundTrip&) = default;
};

// How long a fixed piece of work took on the CPUs of the ends, the longest: it takes longer while another
// hardware thread uses the same core, and nothing else shows that inside a virtual machine.
struct CoreWork {
  double before_ns = 0;  // the timed phase
  double after_ns = 0;

  friend bool operator==(const CoreWork&, const CoreWork&) = default;
};

// What a link takes besides its messages, once in each launch.
struct SetUpTimes {
  std::uint64_t create_ns = 0;   // the launcher makes the objects
  std::uint64_t connect_ns = 0;  // the ends open or join them, from when all run until the last is through
  // From before the first message is sent until it is there, whole: with pages that are touched for the first
  // time, and whatever a library puts off until then. Empty: no such message (a floor, several ends of a
  // side).
  std::optional<std::uint64_t> first_message_ns;
  std::uint64_t tear_down_ns =
      0;  // the ends close, the longest of them, and the launcher removes the objects

  friend bool operator==(const SetUpTimes&, const SetUpTimes&) = default;
};

// One of several pairs that were measured at once, each over a link of its own.
struct PairResult {
  std::uint64_t messages = 0;  // as in Measurement
  std::uint64_t elapsed_ns = 0;
  std::optional<int> producer_cpu;  // read back; empty if not pinned
  std::optional<int> consumer_cpu;

  friend bool operator==(const PairResult&, const PairResult&) = default;
};

// paced: the times from the actual send to the receipt. Exact extremes and sum, and their histogram.
struct SentTimes {
  std::uint64_t min_ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t sum_ns = 0;
  std::vector<HistogramBucket> histogram;

  friend bool operator==(const SentTimes&, const SentTimes&) = default;
};

// paced: the offered load and how far it was met.
struct ScheduleResult {
  double offered_per_second = 0;
  std::uint64_t scheduled_messages = 0;  // due within the timed phase
  std::uint64_t unsent_messages = 0;     // those not sent by its end: the mechanism was too slow
  // How much later than intended the others were sent, due to the producer's own lag or flow control.
  std::uint64_t lag_p50_ns = 0;
  std::uint64_t lag_p99_ns = 0;
  std::uint64_t lag_max_ns = 0;
  // CPU time that the producer spent on waiting for messages to be due, which is no cost of the mechanism:
  // part of SideCost::cpu_ns. Reports of older programs have none.
  std::optional<std::uint64_t> pacing_cpu_ns = std::nullopt;

  friend bool operator==(const ScheduleResult&, const ScheduleResult&) = default;
};

// paced: one stream of a mix. Its times are those of Measurement, of its messages alone.
struct StreamTimes {
  std::uint64_t scheduled_messages = 0;  // due within the timed phase
  std::uint64_t unsent_messages = 0;     // those not sent by its end
  std::uint64_t min_ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t sum_ns = 0;
  std::vector<HistogramBucket> histogram;

  friend bool operator==(const StreamTimes&, const StreamTimes&) = default;
};

struct Measurement {
  std::uint64_t messages = 0;       // round trips (ping-pong) or messages received (otherwise)
  std::uint64_t lost_messages = 0;  // sent but never received; only lossy mechanisms may have any
  std::uint64_t verified_messages = 0;
  std::uint64_t elapsed_ns = 0;  // the timed phase; streaming: start barrier to last message received
  // Where messages are timed one by one (times_messages()): exact extremes and sum, and their histogram.
  // Round trips in latency, the way there in oneway, from the intended send time to the receipt in paced.
  // There an unsent message counts too, with the time that it had waited when the phase ended.
  std::uint64_t min_ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t sum_ns = 0;
  std::vector<HistogramBucket> histogram;
  // The launch's time is the mean of the samples without this share at each end; 0.5: their median.
  double trim = 0.5;
  SideCost producer;  // of all producers together
  SideCost consumer;
  std::optional<ClockOffset> clock_offset;          // oneway
  std::optional<ScheduleResult> schedule;           // paced
  std::optional<LineRoundTrip> line;                // two ends pinned to two CPUs
  std::optional<CoreWork> core = std::nullopt;      // pinned ends on cores of their own or on one CPU
  std::optional<SentTimes> sent = std::nullopt;     // paced; reports of older programs have none
  std::optional<SetUpTimes> set_up = std::nullopt;  // reports of older programs have none
  std::vector<StreamTimes> streams = {};            // paced: of a mix, by their places in it
  // Several pairs at once: each of them. The messages, costs and samples above are those of all together,
  // the elapsed time is the longest, and there are no windows.
  std::vector<PairResult> pairs = {};
  // A chain of more than two: the CPU of each end, in order, read back; empty if not pinned.
  std::vector<std::optional<int>> chain_cpus = {};
  std::vector<Window> windows;
  std::string disturbance;  // what took time from the ends in the timed phase, in one line; mostly empty
  Settings settings;        // what the kernel says is in force for the mechanism's parameters
  // The NUMA node of the mechanism's shared memory; empty if it has none, or not on one node alone.
  std::optional<int> memory_node;
  // A counted launch. Counting takes time, so nothing else of such a launch counts.
  std::optional<LaunchCounts> counts = std::nullopt;
};

// Why a launch gave no measurement.
struct Failure {
  enum class Kind { killed, exited, timed_out, check_failed, error, interrupted };
  Kind kind = Kind::error;
  std::string reason;  // one line: which end, in which phase, what happened
};

using LaunchOutcome = std::variant<Measurement, Failure>;

}  // namespace ipcbench
