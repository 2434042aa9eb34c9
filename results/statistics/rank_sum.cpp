#include "results/statistics/rank_sum.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
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

constexpr std::size_t kMostPairsExact = 400;

// How many pairs have the lesser value in `one`, equal ones counted half, and the sum of t^3 - t over all
// groups of t equal values.
struct PairCount {
  double lower = 0;
  double ties = 0;
};

PairCount count_pairs(const std::vector<double>& one, const std::vector<double>& other) {
  std::vector<std::pair<double, bool>> all;  // with: whether it is of `one`
  all.reserve(one.size() + other.size());
  for (const double value : one) all.emplace_back(value, true);
  for (const double value : other) all.emplace_back(value, false);
  std::ranges::sort(all);
  PairCount pairs;
  double before = 0;  // of `one`, with lesser values
  for (auto group = all.begin(); group != all.end();) {
    const auto end =
        std::find_if(group, all.end(), [&](const auto& each) { return each.first != group->first; });
    const auto size = static_cast<double>(end - group);
    const auto own =
        static_cast<double>(std::count_if(group, end, [](const auto& each) { return each.second; }));
    pairs.lower += (size - own) * (before + own / 2);
    pairs.ties += size * size * size - size;
    before += own;
    group = end;
  }
  return pairs;
}

// P(U <= u), for u up to half of n m.
double exact_tail(std::size_t n, std::size_t m, double u) {
  const std::vector<double> counts = counts_of_u(n, m);
  const auto last = std::min(static_cast<std::size_t>(std::ceil(u)), counts.size() - 1);
  return std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(last) + 1, 0.0) /
         orders(n, m);
}

double normal_tail(double n, double m, double u, double ties) {
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return 1;
  const double distance = std::max(0.0, n * m / 2 - u - 0.5);
  return boost::math::cdf(boost::math::normal_distribution<double>(), -distance / std::sqrt(variance));
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

double rank_sum_p(const std::vector<double>& one, const std::vector<double>& other) {
  require_finite(one);
  require_finite(other);
  const std::size_t pairs = one.size() * other.size();
  const PairCount found = count_pairs(one, other);
  const double u = std::min(found.lower, static_cast<double>(pairs) - found.lower);
  const double tail =
      pairs <= kMostPairsExact
          ? exact_tail(one.size(), other.size(), u)
          : normal_tail(static_cast<double>(one.size()), static_cast<double>(other.size()), u, found.ties);
  return std::min(1.0, 2 * tail);
}

}  // namespace ipcbench
