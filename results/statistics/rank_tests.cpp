#include "results/statistics/rank_tests.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <numeric>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kMostForExact = 50;

double real(std::size_t count) { return static_cast<double>(count); }

double two_sided_normal_p(double z) { return std::min(1.0, std::erfc(z / std::numbers::sqrt2)); }

// How many values there are of each, in ascending order.
std::vector<std::size_t> multiplicities(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<std::size_t> counts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 0 || values[i] != values[i - 1]) counts.push_back(0);
    ++counts.back();
  }
  return counts;
}

int sign(double value) { return (value > 0) - (value < 0); }

// Out of all orders of the a + b ranks, the share in which at most `u` of the a * b pairs have the value of
// `a` below that of `b`. One more rank, the largest, belongs to `a`, and none of its pairs counts, or to `b`,
// and all of its pairs do.
double share_of_rank_sums(std::size_t a, std::size_t b, std::size_t u) {
  // By the number of ranks that are of `a`, and pairs; of the ranks so far, starting with none.
  std::vector<std::vector<double>> share(a + 1, std::vector<double>(a * b + 1, 0.0));
  share[0][0] = 1;
  for (std::size_t ranks = 1; ranks <= a + b; ++ranks) {
    std::vector<std::vector<double>> next(a + 1, std::vector<double>(a * b + 1, 0.0));
    for (std::size_t of_a = 0; of_a <= std::min(a, ranks - 1); ++of_a) {
      const std::size_t of_b = ranks - 1 - of_a;
      if (of_b > b) continue;
      const double left = real(a + b - ranks + 1);
      for (std::size_t pairs = 0; pairs <= of_a * of_b; ++pairs) {
        const double here = share[of_a][pairs];
        if (of_a < a) next[of_a + 1][pairs] += here * real(a - of_a) / left;
        if (of_b < b) next[of_a][pairs + of_a] += here * real(b - of_b) / left;
      }
    }
    share = std::move(next);
  }
  return std::accumulate(share[a].begin(), share[a].begin() + static_cast<std::ptrdiff_t>(u) + 1, 0.0);
}

// Pairs of (a, b) in which a is below b; equal ones count half.
double pairs_below(const std::vector<double>& a, const std::vector<double>& b) {
  double pairs = 0;
  for (const double x : a) {
    for (const double y : b) pairs += (1 + sign(y - x)) / 2.0;
  }
  return pairs;
}

double rank_sum_normal_p(double a, double b, double larger, const std::vector<std::size_t>& ties) {
  const double n = a + b;
  double tied = 0;
  for (const std::size_t count : ties) tied += std::pow(real(count), 3) - real(count);
  const double variance = a * b / 12 * (n + 1 - tied / (n * (n - 1)));
  if (variance <= 0) return 1;
  return two_sided_normal_p((larger - a * b / 2 - 0.5) / std::sqrt(variance));
}

// Out of all orders of n values, the share that has at most `most` inversions: the k-th value, put into the
// order of the k - 1 before it, makes 0 to k - 1 of them, each as likely.
double share_of_inversions(std::size_t n, std::size_t most) {
  std::vector<double> share(most + 1, 0.0);
  share[0] = 1;
  for (std::size_t k = 2; k <= n; ++k) {
    std::vector<double> sums(most + 1);
    std::partial_sum(share.begin(), share.end(), sums.begin());
    for (std::size_t i = 0; i <= most; ++i) share[i] = (sums[i] - (i >= k ? sums[i - k] : 0)) / real(k);
  }
  return std::accumulate(share.begin(), share.end(), 0.0);
}

// Pairs that ascend less pairs that descend.
std::int64_t concordance(const std::vector<double>& values) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) sum += sign(values[j] - values[i]);
  }
  return sum;
}

double trend_normal_p(std::int64_t concordance, std::size_t n, const std::vector<std::size_t>& ties) {
  const auto term = [](std::size_t count) { return real(count) * (real(count) - 1) * (2 * real(count) + 5); };
  double variance = term(n);
  for (const std::size_t count : ties) variance -= term(count);
  if (variance <= 0) return 1;
  return two_sided_normal_p(static_cast<double>(std::abs(concordance)) / std::sqrt(variance / 18));
}

}  // namespace

double rank_sum_p(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty()) return 1;
  std::vector<double> all = a;
  all.insert(all.end(), b.begin(), b.end());
  const std::vector<std::size_t> ties = multiplicities(all);
  const double below = pairs_below(a, b);
  const double smaller = std::min(below, real(a.size() * b.size()) - below);
  const bool exact = ties.size() == all.size() && std::max(a.size(), b.size()) <= kMostForExact;
  if (!exact) {
    return rank_sum_normal_p(real(a.size()), real(b.size()), real(a.size() * b.size()) - smaller, ties);
  }
  return std::min(1.0, 2 * share_of_rank_sums(a.size(), b.size(), static_cast<std::size_t>(smaller)));
}

double trend_p(const std::vector<double>& values) {
  const std::size_t n = values.size();
  if (n < 2) return 1;
  const std::vector<std::size_t> ties = multiplicities(values);
  const std::int64_t sum = concordance(values);
  if (ties.size() < n || n > kMostForExact) return trend_normal_p(sum, n, ties);
  const std::size_t inversions = (n * (n - 1) / 2 - static_cast<std::size_t>(std::abs(sum))) / 2;
  return std::min(1.0, 2 * share_of_inversions(n, inversions));
}

double theil_sen_slope(const std::vector<double>& values) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j)
      slopes.push_back((values[j] - values[i]) / real(j - i));
  }
  return median(std::move(slopes));
}

ChangePoint change_point(const std::vector<double>& values) {
  ChangePoint change;
  std::int64_t sum = 0;  // over pairs of a value before the place and one behind it
  std::int64_t largest = 0;
  for (std::size_t place = 1; place < values.size(); ++place) {
    for (const double other : values) sum += sign(values[place - 1] - other);
    if (std::abs(sum) <= largest) continue;
    largest = std::abs(sum);
    change.place = place;
  }
  const double n = real(values.size());
  if (largest == 0) return change;
  const auto k = static_cast<double>(largest);
  change.p = std::min(1.0, 2 * std::exp(-6 * k * k / (n * n * n + n * n)));
  return change;
}

}  // namespace ipcbench
