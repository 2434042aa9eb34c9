#include "results/report/metrics.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace ipcbench {
namespace {

constexpr std::uint64_t kSamplesBeyond = 10;
constexpr double kNsPerSecond = 1e9;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::uint64_t samples(const Measurement& measurement) {
  return std::accumulate(measurement.histogram.begin(), measurement.histogram.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
}

// In integers, because 0.999 * 10000 is a little above 9990 in binary and would cost a sample.
bool supported(std::uint64_t count, unsigned permille) {
  if (count == 0) return false;
  if (permille == 500) return true;
  const std::uint64_t share = std::min(permille, 1000 - permille);
  return (count / 1000) * share + (count % 1000) * share / 1000 >= kSamplesBeyond;
}

// The histogram knows samples by their buckets only, but the extremes are exact.
double within_extremes(double ns, const Measurement& measurement) {
  return std::max(static_cast<double>(measurement.min_ns),
                  std::min(ns, static_cast<double>(measurement.max_ns)));
}

double per_message(std::uint64_t total, const Measurement& measurement) {
  if (measurement.messages == 0) return kNone;
  return static_cast<double>(total) / static_cast<double>(measurement.messages);
}

// The clock could not tell such a time from 0, so there is nothing to compare.
double time_or_none(double ns) { return ns > 0 ? ns : kNone; }

}  // namespace

double time_ns(Pattern pattern, const Measurement& measurement) {
  if (!times_messages(pattern)) return per_message(measurement.elapsed_ns, measurement);
  return percentile_ns(measurement, 500).value_or(kNone);
}

std::optional<double> percentile_ns(const Measurement& measurement, unsigned permille) {
  if (permille > 1000 || !supported(samples(measurement), permille)) return std::nullopt;
  const auto ns = quantile_ns(measurement.histogram, static_cast<double>(permille) / 1000);
  return within_extremes(static_cast<double>(ns), measurement);
}

std::optional<double> mean_ns(const Measurement& measurement) {
  const std::uint64_t count = samples(measurement);
  if (count == 0) return std::nullopt;
  return static_cast<double>(measurement.sum_ns) / static_cast<double>(count);
}

double cpu_ns_per_message(const Measurement& measurement, Side side) {
  const SideCost& cost = side == Side::producer ? measurement.producer : measurement.consumer;
  return per_message(cost.cpu_ns, measurement);
}

double cpu_ns_per_message(const Measurement& measurement) {
  return cpu_ns_per_message(measurement, Side::producer) + cpu_ns_per_message(measurement, Side::consumer);
}

double messages_per_second(const Measurement& measurement) {
  return static_cast<double>(measurement.messages) * kNsPerSecond /
         static_cast<double>(measurement.elapsed_ns);
}

MetricValues metric_values_ns(Pattern pattern, const Measurement& measurement) {
  return {time_or_none(time_ns(pattern, measurement)),
          time_or_none(percentile_ns(measurement, 100).value_or(kNone)),
          time_or_none(percentile_ns(measurement, 990).value_or(kNone)), cpu_ns_per_message(measurement)};
}

}  // namespace ipcbench
