#include "results/summary/ties.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

#include "results/statistics/moderation.hpp"
#include "results/summary/cell_groups.hpp"

namespace ipcbench {
namespace {

using ByRound = std::map<std::uint32_t, double>;  // log figure, by the launch's number

// Two members of a ranking.
struct Pair {
  std::size_t a = 0;
  std::size_t b = 0;
  double mean = 0;            // of log ratios
  double rounds = 0;          // the variance of `mean` is the variance of a log ratio divided by this
  VarianceEstimate variance;  // of a log ratio
  double p = 1;
};

std::vector<ByRound> logarithms(const std::vector<Contestant>& all) {
  std::vector<ByRound> figures;
  figures.reserve(all.size());
  for (const Contestant& each : all) {
    ByRound& by_round = figures.emplace_back();
    for (const auto& [number, figure] : each.figures) {
      if (figure > 0) by_round.emplace(number, std::log(figure));
    }
  }
  return figures;
}

std::vector<double> log_ratios(const ByRound& a, const ByRound& b) {
  std::vector<double> ratios;
  for (const auto& [round, figure] : a) {
    if (const auto other = b.find(round); other != b.end()) ratios.push_back(figure - other->second);
  }
  return ratios;
}

std::vector<double> values_of(const ByRound& figures) {
  const auto values = figures | std::views::values;
  return {values.begin(), values.end()};
}

Pair paired(const std::vector<double>& ratios) {
  const auto rounds = static_cast<double>(ratios.size());
  return {.mean = boost::math::statistics::mean(ratios),
          .rounds = rounds,
          .variance = {boost::math::statistics::sample_variance(ratios), rounds - 1}};
}

// Welch's test (Biometrika 34, 1947), written as the variance of one difference and a number of rounds.
Pair unpaired(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n_a = static_cast<double>(a.size());
  const auto n_b = static_cast<double>(b.size());
  const double variance_a = boost::math::statistics::sample_variance(a);
  const double variance_b = boost::math::statistics::sample_variance(b);
  const double of_mean_a = variance_a / n_a;
  const double of_mean_b = variance_b / n_b;
  const double of_mean = of_mean_a + of_mean_b;
  Pair pair{.mean = boost::math::statistics::mean(a) - boost::math::statistics::mean(b),
            .rounds = std::min(n_a, n_b),
            .variance = {variance_a + variance_b, std::min(n_a, n_b) - 1}};
  if (of_mean <= 0) return pair;
  pair.rounds = pair.variance.variance / of_mean;
  pair.variance.freedom =
      of_mean * of_mean / (of_mean_a * of_mean_a / (n_a - 1) + of_mean_b * of_mean_b / (n_b - 1));
  return pair;
}

// Empty if one of them has a single launch.
std::optional<Pair> compare(const ByRound& a, const ByRound& b) {
  constexpr std::size_t kFewestRounds = 3;
  const std::size_t fewer = std::min(a.size(), b.size());
  if (fewer < 2) return std::nullopt;
  const std::vector<double> ratios = log_ratios(a, b);
  const bool enough =
      ratios.size() == fewer || (ratios.size() >= kFewestRounds && 2 * ratios.size() >= fewer);
  return enough ? paired(ratios) : unpaired(values_of(a), values_of(b));
}

// What the other pairs tell of a pair's variance. Each cell takes part in many pairs, so the prior has at
// most the freedom of the ranking's independent residuals.
VarianceEstimate prior_of(const std::vector<Pair>& pairs, std::size_t cells) {
  std::vector<VarianceEstimate> variances;
  double most_rounds = 0;
  for (const Pair& pair : pairs) {
    variances.push_back(pair.variance);
    most_rounds = std::max(most_rounds, pair.rounds);
  }
  VarianceEstimate prior = variance_prior(variances);
  const double independent = (most_rounds - 1) * static_cast<double>(cells - 1);
  prior.freedom = std::min(prior.freedom, independent) / 2;
  return prior;
}

double p_of(const Pair& pair, const VarianceEstimate& prior) {
  const VarianceEstimate posterior = moderated(pair.variance, prior);
  const double variance = std::max(posterior.variance, pair.variance.variance);
  if (variance <= 0) return pair.mean == 0 ? 1 : 0;
  const double t = std::abs(pair.mean) / std::sqrt(variance / pair.rounds);
  const boost::math::students_t distribution(posterior.freedom);
  return 2 * boost::math::cdf(boost::math::complement(distribution, t));
}

// How many of the pairs, sorted by p, differ.
std::size_t count_different(const std::vector<Pair>& pairs) {
  const auto all = static_cast<double>(pairs.size());
  for (std::size_t count = pairs.size(); count > 0; --count) {
    if (pairs[count - 1].p <= kFalseDiscoveryRate * static_cast<double>(count) / all) return count;
  }
  return 0;
}

using Matrix = std::vector<std::vector<bool>>;

// Which members of a ranking differ.
Matrix differences(const std::vector<std::size_t>& ranking, const std::vector<ByRound>& figures) {
  Matrix differ(ranking.size(), std::vector<bool>(ranking.size()));
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::optional<Pair> pair = compare(figures[ranking[i]], figures[ranking[j]]);
      if (!pair) continue;
      pair->a = i;
      pair->b = j;
      pairs.push_back(*pair);
    }
  }
  if (pairs.empty()) return differ;
  const VarianceEstimate prior = prior_of(pairs, ranking.size());
  for (Pair& pair : pairs) pair.p = p_of(pair, prior);
  std::ranges::sort(pairs, {}, &Pair::p);
  pairs.resize(count_different(pairs));
  for (const Pair& pair : pairs) differ[pair.a][pair.b] = differ[pair.b][pair.a] = true;
  return differ;
}

}  // namespace

std::vector<Contestant> contestants(const std::vector<CellSummary>& summaries) {
  std::vector<Contestant> all;
  all.reserve(summaries.size());
  for (const CellSummary& summary : summaries)
    all.push_back({&summary.cell, summary.floor, figure_of(summary), summary.figures});
  return all;
}

Ties ties(const std::vector<Contestant>& all) {
  const std::vector<ByRound> figures = logarithms(all);
  std::map<std::pair<Group, std::size_t>, std::vector<std::size_t>> rankings;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Cell& cell = *all[i].cell;
    if (!all[i].floor) rankings[{group_of(cell), cell.size_bytes}].push_back(i);
  }
  Ties tied(all.size());
  for (const auto& [of, ranking] : rankings) {
    const Matrix differ = differences(ranking, figures);
    for (std::size_t i = 0; i < ranking.size(); ++i) {
      for (std::size_t j = 0; j < ranking.size(); ++j) {
        if (i != j && !differ[i][j]) tied[ranking[i]].push_back(ranking[j]);
      }
    }
  }
  return tied;
}

Ties ties(const std::vector<CellSummary>& summaries) { return ties(contestants(summaries)); }

}  // namespace ipcbench
