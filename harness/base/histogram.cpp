#include "harness/base/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ipcbench {

std::vector<HistogramBucket> Histogram::buckets() const {
  std::vector<HistogramBucket> filled;
  for (std::size_t index = 0; index < kBuckets; ++index) {
    if (counts_[index] != 0) filled.push_back({lower_bound_ns(index), counts_[index]});
  }
  return filled;
}

std::uint64_t quantile_ns(const std::vector<HistogramBucket>& buckets, double p) {
  std::uint64_t total = 0;
  for (const HistogramBucket& bucket : buckets) total += bucket.count;
  if (total == 0) return 0;

  // 0.07 * 100 is 7.000000000000001 in binary: cut off the last bits, or the rank would be one too high.
  const double product = p * static_cast<double>(total);
  const double exact = std::ceil(product * (1 - 4 * std::numeric_limits<double>::epsilon()));
  // A NaN for p gives the smallest value rather than a conversion error.
  const std::uint64_t rank = exact >= 1 ? static_cast<std::uint64_t>(exact) : 1;

  std::uint64_t seen = 0;
  for (const HistogramBucket& bucket : buckets) {
    seen += bucket.count;
    if (seen >= std::min(rank, total)) return bucket.lower_ns;
  }
  return buckets.back().lower_ns;
}

}  // namespace ipcbench
