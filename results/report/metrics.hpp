// The figures of one launch, each defined once, for the report's rows, the summary and the comparison.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/base/axes.hpp"
#include "harness/base/measurement.hpp"

namespace ipcbench {

// The main figure of a launch, in nanoseconds. Where messages are timed one by one (times_messages()), it is
// their median: round trips for latency, one-way times for oneway, times since the intended send for paced.
// Where a time has few steps of the clock, it is a mean of the middle samples instead (Measurement::trim).
// Otherwise it is the elapsed time per message received. Not finite if the launch has no samples or messages.
double time_ns(Pattern pattern, const Measurement& measurement);

// A quantile of the timed messages in nanoseconds, to the histogram's 0.8 %, never outside the exact
// extremes. `permille` is 0 to 1000 (990: the 99th percentile). Empty unless ten samples or more lie between
// the quantile and the nearer end (the 10th and 90th percentile need 100 samples, the 99th a thousand): a
// percentile that rests on fewer depends on a handful of outliers. The median needs one sample only.
std::optional<double> percentile_ns(const Measurement& measurement, unsigned permille);
std::optional<double> percentile_ns(const SentTimes& times, unsigned permille);
std::optional<double> percentile_ns(const StreamTimes& times, unsigned permille);

// Whether so many samples support that percentile.
bool supports_percentile(std::uint64_t samples, unsigned permille);

// How many messages were timed one by one.
std::uint64_t timed_messages(const Measurement& measurement);
std::uint64_t timed_messages(const StreamTimes& times);

// The exact mean of the timed messages in nanoseconds. Empty if there are none.
std::optional<double> mean_ns(const Measurement& measurement);
std::optional<double> mean_ns(const SentTimes& times);
std::optional<double> mean_ns(const StreamTimes& times);

// Whether the CPU times below are those of the mechanism. Paced launches of older programs do not say what
// the producer spent on waiting for messages to be due, so that theirs are upper bounds.
bool knows_own_cpu_time(const Measurement& measurement);

// CPU time per message (ping-pong: per round trip), nanoseconds: of one side, or of all ends together.
// Without ScheduleResult::pacing_cpu_ns.
double cpu_ns_per_message(const Measurement& measurement, Side side);
double cpu_ns_per_message(const Measurement& measurement);

// Messages received per second of the timed phase.
double messages_per_second(const Measurement& measurement);

// How many CPUs one side, or all ends, kept busy on average: that CPU time over the elapsed time.
double cpus_busy(const Measurement& measurement, Side side);
double cpus_busy(const Measurement& measurement);

// The value with four significant digits, as a report has figures that follow from others of the same row.
// The rounding is at most 0.05 %; whoever needs more computes the figure from the exact ones.
double four_digits(double value);

// The metrics that a comparison looks at. Each is one number per launch, in nanoseconds; lower is better.
enum class Metric {
  time,  // time_ns()
  low,   // the 10th percentile: the steadiest sign of a longer path through the code
  tail,  // the 99th percentile
  cpu,   // CPU time of all ends per message
};
inline constexpr std::size_t kMetrics = 4;
inline constexpr std::array<Metric, kMetrics> kAllMetrics{Metric::time, Metric::low, Metric::tail,
                                                          Metric::cpu};

template <>
inline constexpr std::array kAxis<Metric>{AxisValue{Metric::time, "time"}, AxisValue{Metric::low, "low"},
                                          AxisValue{Metric::tail, "tail"}, AxisValue{Metric::cpu, "cpu"}};

constexpr std::size_t place_of(Metric metric) { return static_cast<std::size_t>(metric); }

// One value for each metric, by place_of(): time, low, tail, cpu.
using MetricValues = std::array<double, kMetrics>;

// NaN: the launch has no such number (low and tail where messages are not timed one by one, or are too few
// for a percentile; a time that the clock could not tell from 0; CPU times that are only bounds). With four
// digits, so that a comparison decides alike before and after a report was written.
MetricValues metric_values_ns(Pattern pattern, const Measurement& measurement);

}  // namespace ipcbench
