#include "results/statistics/rank_sum.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

// In how many of the orders of n and m values the rank-sum statistic U is u, for each u up to half of n m:
// the coefficients of the product of (1 - q^(m + i)) / (1 - q^i) for i from 1 to n. Each is exact as long as
// it is below 2^53, and has no larger ones in its computation.
std::vector<double> counts_of_u(std::size_t n, std::size_t m) {
  std::vector<double> counts(n * m / 2 + 1);
  counts[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t u = counts.size(); u-- > m + i;) counts[u] -= counts[u - m - i];
    for (std::size_t u = i; u < counts.size(); ++u) counts[u] += counts[u - i];
  }
  return counts;
}

double orders(std::size_t n, std::size_t m) {
  double product = 1;
  for (std::size_t i = 1; i <= n; ++i) product *= static_cast<double>(m + i) / static_cast<double>(i);
  return product;
}

struct Reach {
  std::size_t k = 1;  // from which difference on
  double confidence = 0;
};

// P(U < k) at both ends is what the interval leaves out.
Reach reach_of(std::size_t n, std::size_t m, double wanted_confidence) {
  const std::vector<double> counts = counts_of_u(n, m);
  const double all = orders(n, m);
  double below = counts[0];
  Reach reach{1, std::max(0.0, 1 - 2 * below / all)};
  for (std::size_t k = 2; k < counts.size(); ++k) {
    below += counts[k - 1];
    const double confidence = 1 - 2 * below / all;
    if (confidence < wanted_confidence) break;
    reach = {k, confidence};
  }
  return reach;
}

}  // namespace

Shift shift_between(const std::vector<double>& before, const std::vector<double>& after,
                    double wanted_confidence) {
  require_finite(before);
  require_finite(after);
  std::vector<double> differences;
  differences.reserve(before.size() * after.size());
  for (const double later : after) {
    for (const double earlier : before) differences.push_back(later - earlier);
  }
  std::ranges::sort(differences);
  const Reach reach = reach_of(before.size(), after.size(), wanted_confidence);
  return {.estimate = median(differences),
          .low = differences[reach.k - 1],
          .high = differences[differences.size() - reach.k],
          .confidence = reach.confidence};
}

}  // namespace ipcbench
