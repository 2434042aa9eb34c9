#include "results/statistics/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace ipcbench {
namespace {

double median_of_sorted(const std::vector<double>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
}

void sort_values(std::vector<double>& values) {
  if (values.empty()) throw std::invalid_argument("the median of no values is not defined");
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) {
    throw std::invalid_argument("the median of values that are not finite is not defined");
  }
  std::sort(values.begin(), values.end());
}

// Confidence of the interval between the k-th smallest and the k-th largest of n values.
double confidence_of(std::size_t n, std::size_t k) {
  const boost::math::binomial_distribution<double> below_median(static_cast<double>(n), 0.5);
  return 1 - 2 * boost::math::cdf(below_median, static_cast<double>(k - 1));
}

}  // namespace

double median(std::vector<double> values) {
  sort_values(values);
  return median_of_sorted(values);
}

Estimate estimate_median(std::vector<double> values, double wanted_confidence) {
  sort_values(values);
  const std::size_t n = values.size();
  std::size_t k = 1;
  while (2 * (k + 1) <= n && confidence_of(n, k + 1) >= wanted_confidence) ++k;
  return {.median = median_of_sorted(values),
          .low = values[k - 1],
          .high = values[n - k],
          .confidence = confidence_of(n, k)};
}

}  // namespace ipcbench
