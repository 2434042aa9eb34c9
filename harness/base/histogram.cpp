#include "harness/base/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ipcbench {
namespace {

std::uint64_t count_of(const std::vector<HistogramBucket>& buckets) {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
}

// The value at `place` of a bucket's values, 0 to their count.
double value_at(const HistogramBucket& bucket, double place) {
  const std::size_t index = Histogram::index_of(bucket.lower_ns);
  // The last bucket has no upper bound.
  const std::uint64_t range_ns =
      index + 1 < Histogram::kBuckets ? Histogram::upper_bound_ns(index) - bucket.lower_ns : 0;
  return static_cast<double>(bucket.lower_ns) +
         static_cast<double>(range_ns) * place / static_cast<double>(bucket.count);
}

}  // namespace

std::vector<HistogramBucket> Histogram::buckets() const {
  std::vector<HistogramBucket> filled;
  for (std::size_t index = 0; index < kBuckets; ++index) {
    if (counts_[index] != 0) filled.push_back({lower_bound_ns(index), counts_[index]});
  }
  return filled;
}

double quantile_ns(const std::vector<HistogramBucket>& buckets, double p) {
  const std::uint64_t total = count_of(buckets);
  if (total == 0) return 0;

  // 0.07 * 100 is 7.000000000000001 in binary: cut off the last bits, or the rank would be one too high.
  const double product = p * static_cast<double>(total);
  const double exact = std::ceil(product * (1 - 4 * std::numeric_limits<double>::epsilon()));
  // A NaN for p gives the smallest value rather than a conversion error.
  const std::uint64_t rank = std::min(exact >= 1 ? static_cast<std::uint64_t>(exact) : 1, total);

  std::uint64_t before = 0;
  auto bucket = buckets.begin();
  for (; before + bucket->count < rank; ++bucket) before += bucket->count;
  return value_at(*bucket, static_cast<double>(rank - before) - 0.5);
}

double trimmed_mean_ns(const std::vector<HistogramBucket>& buckets, double trim) {
  const auto total = static_cast<double>(count_of(buckets));
  const double first = trim * total;
  const double last = total - first;
  double before = 0;
  double sum = 0;
  for (const HistogramBucket& bucket : buckets) {
    const auto count = static_cast<double>(bucket.count);
    const double from = std::clamp(first - before, 0.0, count);
    const double to = std::clamp(last - before, 0.0, count);
    if (to > from) sum += (to - from) * value_at(bucket, (from + to) / 2);
    before += count;
  }
  return last > first ? sum / (last - first) : 0;
}

double trim_for(double median_ns, double clock_step_ns) {
  constexpr double kMedian = 0.5;
  constexpr double kLeast = 0.05;
  constexpr double kFewSteps = 20;
  constexpr double kManySteps = 40;
  if (clock_step_ns <= 0) return kMedian;
  const double share = (median_ns / clock_step_ns - kFewSteps) / (kManySteps - kFewSteps);
  return std::lerp(kLeast, kMedian, std::clamp(share, 0.0, 1.0));
}

}  // namespace ipcbench
