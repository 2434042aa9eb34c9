#include "results/statistics/signed_rank.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kExactUpTo = 50;

std::vector<double> means_of_two(const std::vector<double>& values) {
  std::vector<double> means;
  means.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) means.push_back(values[i] + (values[j] - values[i]) / 2);
  }
  return means;
}

// The probability of each sum if each weight is included with probability 1/2.
std::vector<double> distribution_of_sum(const std::vector<std::size_t>& weights) {
  std::vector<double> probability{1};
  for (const std::size_t weight : weights) {
    std::vector<double> next(probability.size() + weight);
    for (std::size_t sum = 0; sum < probability.size(); ++sum) {
      next[sum] += probability[sum] / 2;
      next[sum + weight] += probability[sum] / 2;
    }
    probability = std::move(next);
  }
  return probability;
}

std::vector<double> upper_tails(const std::vector<std::size_t>& weights) {
  std::vector<double> tails = distribution_of_sum(weights);
  for (std::size_t sum = tails.size() - 1; sum-- > 0;) tails[sum] += tails[sum + 1];
  return tails;
}

// P(W >= w) by w, for n distinct values. The tables are computed once and kept.
const std::vector<double>& tails_without_ties(std::size_t n) {
  static const std::vector<std::vector<double>> tables = [] {
    std::vector<std::vector<double>> by_n;
    for (std::vector<std::size_t> ranks; ranks.size() <= kExactUpTo; ranks.push_back(ranks.size() + 1)) {
      by_n.push_back(upper_tails(ranks));
    }
    return by_n;
  }();
  return tables[n];
}

double normal_tail(double w, double mean, double variance) {
  const boost::math::normal_distribution<double> normal;
  return boost::math::cdf(boost::math::complement(normal, (w - mean) / std::sqrt(variance)));
}

// How many of the smallest means the interval leaves out, and the confidence that remains.
struct Cut {
  std::size_t left_out = 0;
  double confidence = 0;
};

// The c smallest and c largest means are left out with confidence 1 - 2 P(W < c).
Cut cut_for(std::size_t n, double wanted_confidence) {
  if (n > kExactUpTo) {
    const auto count = static_cast<double>(n);
    const double variance = count * (count + 1) * (2 * count + 1) / 24;
    const boost::math::normal_distribution<double> normal;
    const double z = boost::math::quantile(normal, 1 - (1 - wanted_confidence) / 2);
    const double cut = std::floor(count * (count + 1) / 4 - z * std::sqrt(variance));
    return {static_cast<std::size_t>(std::max(0.0, cut)), wanted_confidence};
  }
  // W is symmetric, so P(W < c) = P(W > n(n+1)/2 - c).
  const std::vector<double>& tails = tails_without_ties(n);
  const auto confidence = [&](std::size_t c) { return 1 - 2 * tails[tails.size() - c]; };
  Cut cut{0, 1 - 2 * tails.back()};
  for (std::size_t c = 1; 2 * c < tails.size() && confidence(c) >= wanted_confidence; ++c) {
    cut = {c - 1, confidence(c)};
  }
  return cut;
}

}  // namespace

double hodges_lehmann(const std::vector<double>& values) { return median(means_of_two(values)); }

Shift estimate_shift(const std::vector<double>& values, double wanted_confidence) {
  require_finite(values);
  std::vector<double> means = means_of_two(values);
  std::ranges::sort(means);
  const Cut cut = cut_for(values.size(), wanted_confidence);
  const std::size_t middle = means.size() / 2;
  const double upper = means[middle];
  const double lower = means.size() % 2 == 1 ? upper : means[middle - 1];
  return {.estimate = lower + (upper - lower) / 2,
          .low = means[cut.left_out],
          .high = means[means.size() - 1 - cut.left_out],
          .confidence = cut.confidence};
}

std::vector<double> signed_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0 && !std::isnan(values[i])) order.push_back(i);
  }
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::abs(values[i]); });
  std::vector<double> ranks(values.size(), 0.0);
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && std::abs(values[order[last + 1]]) == std::abs(values[order[first]]))
      ++last;
    const double rank = 1 + static_cast<double>(first + last) / 2;
    for (std::size_t i = first; i <= last; ++i) ranks[order[i]] = std::copysign(rank, values[order[i]]);
    first = last + 1;
  }
  return ranks;
}

std::size_t critical_rank_sum(std::size_t n, double p) {
  if (n <= kExactUpTo) {
    const std::vector<double>& tails = tails_without_ties(n);
    const auto rare = std::ranges::find_if(tails, [p](double tail) { return tail <= p; });
    return static_cast<std::size_t>(rare - tails.begin());
  }
  const auto count = static_cast<double>(n);
  const double most = count * (count + 1) / 2;
  const boost::math::normal_distribution<double> w(most / 2, std::sqrt(most * (2 * count + 1) / 12));
  const double least = std::ceil(boost::math::quantile(boost::math::complement(w, p)));
  return static_cast<std::size_t>(std::clamp(least, 0.0, most + 1));
}

double signed_rank_p(const std::vector<double>& values) {
  std::vector<double> ranks = signed_ranks(values);
  std::erase(ranks, 0.0);
  if (ranks.empty()) return 1;
  double w = 0;
  double squares = 0;
  for (const double rank : ranks) {
    w += std::max(rank, 0.0);
    squares += rank * rank;
  }
  const auto n = static_cast<double>(ranks.size());
  if (ranks.size() > kExactUpTo) return normal_tail(w, n * (n + 1) / 4, squares / 4);
  const bool untied = squares == n * (n + 1) * (2 * n + 1) / 6;
  if (untied) return tails_without_ties(ranks.size())[static_cast<std::size_t>(w)];
  // Mean ranks are halves, so that twice the ranks are whole.
  std::vector<std::size_t> doubled(ranks.size());
  std::ranges::transform(ranks, doubled.begin(),
                         [](double rank) { return static_cast<std::size_t>(2 * std::abs(rank)); });
  return upper_tails(doubled)[static_cast<std::size_t>(2 * w)];
}

}  // namespace ipcbench
