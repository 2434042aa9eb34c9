#include "results/report/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ipcbench {
namespace {

constexpr std::uint64_t kSamplesBeyond = 10;
constexpr double kNsPerSecond = 1e9;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Times: a Measurement or its SentTimes.
template <class Times>
std::uint64_t samples_of(const Times& times) {
  return std::accumulate(times.histogram.begin(), times.histogram.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
}

// The histogram knows samples by their buckets only, but the extremes are exact.
template <class Times>
double within_extremes(double ns, const Times& times) {
  return std::max(static_cast<double>(times.min_ns), std::min(ns, static_cast<double>(times.max_ns)));
}

template <class Times>
std::optional<double> percentile_of(const Times& times, unsigned permille) {
  if (permille > 1000 || !supports_percentile(samples_of(times), permille)) return std::nullopt;
  return within_extremes(quantile_ns(times.histogram, static_cast<double>(permille) / 1000), times);
}

template <class Times>
std::optional<double> mean_of(const Times& times) {
  const std::uint64_t count = samples_of(times);
  if (count == 0) return std::nullopt;
  return static_cast<double>(times.sum_ns) / static_cast<double>(count);
}

double per_message(std::uint64_t total, const Measurement& measurement) {
  if (measurement.messages == 0) return kNone;
  return static_cast<double>(total) / static_cast<double>(measurement.messages);
}

// Without what the producer spent on waiting for messages to be due, as far as that is known.
std::uint64_t own_cpu_ns(const Measurement& measurement, Side side) {
  if (side == Side::consumer) return measurement.consumer.cpu_ns;
  const auto& schedule = measurement.schedule;
  return measurement.producer.cpu_ns - (schedule ? schedule->pacing_cpu_ns.value_or(0) : 0);
}

// The clock could not tell such a time from 0, so there is nothing to compare.
double time_or_none(double ns) { return ns > 0 ? ns : kNone; }

}  // namespace

double time_ns(Pattern pattern, const Measurement& measurement) {
  if (!times_messages(pattern)) return per_message(measurement.elapsed_ns, measurement);
  if (measurement.histogram.empty()) return kNone;
  if (measurement.trim >= 0.5) return *percentile_ns(measurement, 500);
  return within_extremes(trimmed_mean_ns(measurement.histogram, measurement.trim), measurement);
}

std::uint64_t timed_messages(const Measurement& measurement) { return samples_of(measurement); }
std::uint64_t timed_messages(const StreamTimes& times) { return samples_of(times); }

// In integers, because 0.999 * 10000 is a little above 9990 in binary and would cost a sample.
bool supports_percentile(std::uint64_t samples, unsigned permille) {
  if (samples == 0) return false;
  if (permille == 500) return true;
  const std::uint64_t share = std::min(permille, 1000 - permille);
  return (samples / 1000) * share + (samples % 1000) * share / 1000 >= kSamplesBeyond;
}

std::optional<double> percentile_ns(const Measurement& measurement, unsigned permille) {
  return percentile_of(measurement, permille);
}
std::optional<double> percentile_ns(const SentTimes& times, unsigned permille) {
  return percentile_of(times, permille);
}
std::optional<double> percentile_ns(const StreamTimes& times, unsigned permille) {
  return percentile_of(times, permille);
}

std::optional<double> mean_ns(const Measurement& measurement) { return mean_of(measurement); }
std::optional<double> mean_ns(const SentTimes& times) { return mean_of(times); }
std::optional<double> mean_ns(const StreamTimes& times) { return mean_of(times); }

bool knows_own_cpu_time(const Measurement& measurement) {
  return !measurement.schedule || measurement.schedule->pacing_cpu_ns;
}

double cpu_ns_per_message(const Measurement& measurement, Side side) {
  return per_message(own_cpu_ns(measurement, side), measurement);
}

double cpu_ns_per_message(const Measurement& measurement) {
  return cpu_ns_per_message(measurement, Side::producer) + cpu_ns_per_message(measurement, Side::consumer);
}

double messages_per_second(const Measurement& measurement) {
  return static_cast<double>(measurement.messages) * kNsPerSecond /
         static_cast<double>(measurement.elapsed_ns);
}

double cpus_busy(const Measurement& measurement, Side side) {
  return static_cast<double>(own_cpu_ns(measurement, side)) / static_cast<double>(measurement.elapsed_ns);
}

double cpus_busy(const Measurement& measurement) {
  return cpus_busy(measurement, Side::producer) + cpus_busy(measurement, Side::consumer);
}

double four_digits(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const int beyond = static_cast<int>(std::floor(std::log10(std::abs(value)))) - 3;  // digits to drop
  const double power = std::pow(10.0, std::abs(beyond));
  return beyond > 0 ? std::round(value / power) * power : std::round(value * power) / power;
}

MetricValues metric_values_ns(Pattern pattern, const Measurement& measurement) {
  MetricValues values{time_or_none(time_ns(pattern, measurement)),
                      time_or_none(percentile_ns(measurement, 100).value_or(kNone)),
                      time_or_none(percentile_ns(measurement, 990).value_or(kNone)),
                      knows_own_cpu_time(measurement) ? cpu_ns_per_message(measurement) : kNone};
  std::ranges::transform(values, values.begin(), four_digits);
  return values;
}

}  // namespace ipcbench
