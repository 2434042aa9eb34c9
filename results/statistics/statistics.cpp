#include "results/statistics/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace ipcbench {
namespace {

// Confidence of the interval between the k-th smallest and the k-th largest of n values.
double confidence_of(std::size_t n, std::size_t k) {
  const boost::math::binomial_distribution<double> below_median(static_cast<double>(n), 0.5);
  return 1 - 2 * boost::math::cdf(below_median, static_cast<double>(k - 1));
}

}  // namespace

void require_finite(const std::vector<double>& values) {
  if (values.empty()) throw std::invalid_argument("the median of no values is not defined");
  if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) {
    throw std::invalid_argument("the median of values that are not finite is not defined");
  }
}

double median(std::vector<double> values) {
  require_finite(values);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

Estimate estimate_median(std::vector<double> values, double wanted_confidence) {
  require_finite(values);
  std::ranges::sort(values);
  const std::size_t n = values.size();
  std::size_t k = 1;
  while (2 * (k + 1) <= n && confidence_of(n, k + 1) >= wanted_confidence) ++k;
  return {.median = median(values),
          .low = values[k - 1],
          .high = values[n - k],
          .confidence = confidence_of(n, k)};
}

}  // namespace ipcbench
