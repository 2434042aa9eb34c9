#include "results/report/row_metrics.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace ipcbench {
namespace {

constexpr std::uint64_t kSamplesBeyond = 10;
constexpr double kNsPerSecond = 1e9;

std::uint64_t samples(const Measurement& measurement) {
  return std::accumulate(measurement.histogram.begin(), measurement.histogram.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
}

// Integers throughout: 0.999 * 10000 is a little above 9990 in binary, and would cost a sample.
bool supported(std::uint64_t count, unsigned permille) {
  if (count == 0) return false;
  if (permille == 500) return true;
  const std::uint64_t share = std::min(permille, 1000 - permille);
  return (count / 1000) * share + (count % 1000) * share / 1000 >= kSamplesBeyond;
}

// The histogram knows a sample only by its bucket, the extremes are known exactly.
double within_extremes(double ns, const Measurement& measurement) {
  return std::max(static_cast<double>(measurement.min_ns),
                  std::min(ns, static_cast<double>(measurement.max_ns)));
}

double per_message(std::uint64_t total, const Measurement& measurement) {
  if (measurement.messages == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(total) / static_cast<double>(measurement.messages);
}

}  // namespace

bool carries_payload(const Cell& cell) { return cell.mechanism != "null" && cell.size_bytes != 0; }

double time_ns(const Row& row) {
  if (!times_messages(row.cell.pattern)) return per_message(row.measurement.elapsed_ns, row.measurement);
  return percentile_ns(row, 500).value_or(std::numeric_limits<double>::quiet_NaN());
}

std::optional<double> percentile_ns(const Row& row, unsigned permille) {
  const Measurement& measurement = row.measurement;
  if (permille > 1000 || !supported(samples(measurement), permille)) return std::nullopt;
  const auto ns = quantile_ns(measurement.histogram, static_cast<double>(permille) / 1000);
  return within_extremes(static_cast<double>(ns), measurement);
}

std::optional<double> mean_ns(const Row& row) {
  const std::uint64_t count = samples(row.measurement);
  if (count == 0) return std::nullopt;
  return static_cast<double>(row.measurement.sum_ns) / static_cast<double>(count);
}

double cpu_ns_per_message(const Row& row, Side side) {
  const SideCost& cost = side == Side::producer ? row.measurement.producer : row.measurement.consumer;
  return per_message(cost.cpu_ns, row.measurement);
}

double messages_per_second(const Row& row) {
  return static_cast<double>(row.measurement.messages) * kNsPerSecond /
         static_cast<double>(row.measurement.elapsed_ns);
}

std::optional<double> bytes_per_second(const Row& row) {
  if (!carries_payload(row.cell)) return std::nullopt;
  return messages_per_second(row) * static_cast<double>(row.cell.size_bytes);
}

}  // namespace ipcbench
