// Quantiles of all samples of several launches together. A launch alone may have too few for a high one.
#pragma once

#include <span>
#include <vector>

#include "harness/base/histogram.hpp"

namespace ipcbench {

struct PooledQuantile {
  double value = 0;
  double low = 0;  // 95 % interval; as wide as the value if there is one launch only
  double high = 0;
};

// none: low and high are the value, at a tenth of the time.
enum class QuantileInterval { bootstrap, none };

using LaunchHistogram = std::vector<HistogramBucket>;

// All samples together, ascending, without empty buckets.
LaunchHistogram merged_histogram(const std::vector<const LaunchHistogram*>& launches);

// One for each share (0 < share <= 1), of the merged histograms. A sample counts once, so a launch that has
// more of them weighs more. The interval is the percentile bootstrap over launches, since samples of one
// launch are not independent: 200 draws of as many launches, from a fixed seed (Efron and Tibshirani, An
// Introduction to the Bootstrap, chapter 13). It is too narrow where launches are few: at most their range.
// Throws std::invalid_argument if there is no sample.
std::vector<PooledQuantile> pooled_quantiles(const std::vector<const LaunchHistogram*>& launches,
                                             std::span<const double> shares,
                                             QuantileInterval interval = QuantileInterval::bootstrap);

}  // namespace ipcbench
