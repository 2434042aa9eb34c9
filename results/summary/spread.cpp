#include "results/summary/spread.hpp"

#include <algorithm>
#include <array>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <stdexcept>

#include "harness/base/histogram.hpp"
#include "results/report/metrics.hpp"
#include "results/statistics/statistics.hpp"
#include "results/statistics/steadiness.hpp"

namespace ipcbench {
namespace {

constexpr double kDeviationsPerMedianDistance = 1.4826;  // 1 / 0.6745, the third quartile of a Gaussian
constexpr double kQuartileDistance = 1.349;              // of a Gaussian, in standard deviations
constexpr std::size_t kFewestForQuartiles = 9;
constexpr double kModesApart = 1.05;
constexpr std::size_t kFewestInMode = 2;

using Values = std::vector<double>;

// The value of rank ceil(share * n), as in the histogram.
double quantile_of_sorted(const Values& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

std::optional<double> window_spread(const std::vector<Window>& windows) {
  Values times = window_times_ns(windows);
  if (times.size() < kFewestForQuartiles) return std::nullopt;
  std::sort(times.begin(), times.end());
  const double distance = quantile_of_sorted(times, 0.75) - quantile_of_sorted(times, 0.25);
  return distance / kQuartileDistance / median(times);
}

// The standard deviation that rounding adds to the logarithm of a time: that of a uniform distribution as
// wide as a bucket.
double rounding_deviation(double time_ns) {
  const double bucket_ns = std::max(1.0, time_ns / (1U << Histogram::kSubBits));
  return bucket_ns / time_ns / std::sqrt(12);
}

struct ModeSplit {
  double distance = 0;   // between the groups' means
  double deviation = 0;  // within the groups
  double separation() const { return distance / deviation; }
};

ModeSplit split_at(const Values& sorted, std::size_t place, double least_deviation) {
  using boost::math::statistics::mean;
  using boost::math::statistics::variance;
  const auto [begin, end] = std::pair(sorted.begin(), sorted.end());
  const auto middle = begin + static_cast<std::ptrdiff_t>(place);
  const auto low = static_cast<double>(place);
  const auto high = static_cast<double>(sorted.size() - place);
  const double squares = variance(begin, middle) * low + variance(middle, end) * high;
  return {.distance = mean(middle, end) - mean(begin, middle),
          .deviation = std::max(least_deviation, std::sqrt(squares / (low + high - 2)))};
}

ModeSplit best_split(const Values& sorted, double least_deviation) {
  ModeSplit best = split_at(sorted, kFewestInMode, least_deviation);
  for (std::size_t place = kFewestInMode + 1; place + kFewestInMode <= sorted.size(); ++place) {
    const ModeSplit split = split_at(sorted, place, least_deviation);
    if (split.separation() > best.separation()) best = split;
  }
  return best;
}

// The 99 % quantiles of 400,000 samples each (2,000 at the end), rounded up. Up to 60 they fall in a convex
// curve, so a straight line between two of them lies above it. Then they rise a little, since two outliers of
// many values lie further out.
struct Critical {
  std::size_t n;
  double separation;
};
constexpr std::array kCritical{
    Critical{6, 9.4},   Critical{7, 8.0},    Critical{8, 7.1},     Critical{9, 6.5},  Critical{10, 6.1},
    Critical{12, 5.5},  Critical{15, 5.0},   Critical{20, 4.55},   Critical{30, 4.1}, Critical{60, 3.7},
    Critical{200, 3.7}, Critical{1000, 4.0}, Critical{10'000, 4.5}};

}  // namespace

std::optional<double> spread_between(const std::vector<double>& times_ns) {
  if (times_ns.size() < 2) return std::nullopt;
  const double middle = median(times_ns);
  Values distances;
  for (const double time : times_ns) distances.push_back(std::abs(time - middle));
  return kDeviationsPerMedianDistance * median(std::move(distances)) / middle;
}

std::optional<double> spread_within(Pattern pattern, const Measurement& measurement) {
  if (!times_messages(pattern)) return window_spread(measurement.windows);
  const auto first = percentile_ns(measurement, 250);
  const auto third = percentile_ns(measurement, 750);
  if (!first || !third) return std::nullopt;
  return (*third - *first) / kQuartileDistance / time_ns(pattern, measurement);
}

double critical_separation(std::size_t n) {
  if (n < kFewestForModes) throw std::invalid_argument("too few values to tell two modes apart");
  const auto above = std::ranges::find_if(kCritical, [n](const Critical& each) { return each.n >= n; });
  if (above == kCritical.end()) return kCritical.back().separation;
  if (above->n == n) return above->separation;
  const Critical& below = *std::prev(above);
  const double share = static_cast<double>(n - below.n) / static_cast<double>(above->n - below.n);
  return std::lerp(below.separation, above->separation, share);
}

bool is_bimodal(const std::vector<double>& times_ns) {
  if (times_ns.size() < kFewestForModes) return false;
  Values logarithms;
  for (const double time : times_ns) logarithms.push_back(std::log(time));
  std::sort(logarithms.begin(), logarithms.end());
  const ModeSplit split = best_split(logarithms, rounding_deviation(median(times_ns)));
  return split.distance > std::log(kModesApart) && split.separation() > critical_separation(times_ns.size());
}

}  // namespace ipcbench
