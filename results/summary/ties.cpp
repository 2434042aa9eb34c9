#include "results/summary/ties.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <map>
#include <utility>

#include "results/statistics/moderation.hpp"
#include "results/summary/cell_groups.hpp"

namespace ipcbench {
namespace {

// The level at which a whole ranking errs.
constexpr double kLevel = 0.05;

using ByRound = std::map<std::uint32_t, double>;  // log figure, by the launch's number

struct Pair {
  std::size_t a = 0;
  std::size_t b = 0;
  double mean = 0;  // of log ratios
  double rounds = 0;
  VarianceEstimate variance;
};

std::vector<ByRound> figures_of(const std::vector<CellSummary>& summaries) {
  std::vector<ByRound> figures;
  figures.reserve(summaries.size());
  for (const CellSummary& summary : summaries) {
    ByRound& by_round = figures.emplace_back();
    for (const auto& [number, figure] : summary.figures) {
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

bool differ(const Pair& pair, const VarianceEstimate& prior, double level) {
  const VarianceEstimate posterior = moderated(pair.variance, prior);
  const double variance = std::max(posterior.variance, pair.variance.variance);
  if (variance <= 0) return pair.mean != 0;
  const double t = std::abs(pair.mean) / std::sqrt(variance / pair.rounds);
  const boost::math::students_t distribution(posterior.freedom);
  return 2 * boost::math::cdf(boost::math::complement(distribution, t)) <= level;
}

// Marks the pairs of one ranking that differ.
void tell_apart(const std::vector<std::size_t>& ranking, const std::vector<ByRound>& figures,
                std::vector<std::vector<bool>>& apart) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::vector<double> ratios = log_ratios(figures[ranking[i]], figures[ranking[j]]);
      if (ratios.size() < 2) continue;
      const auto rounds = static_cast<double>(ratios.size());
      pairs.push_back({i,
                       j,
                       boost::math::statistics::mean(ratios),
                       rounds,
                       {boost::math::statistics::sample_variance(ratios), rounds - 1}});
    }
  }
  if (pairs.empty()) return;
  const VarianceEstimate prior = prior_of(pairs, ranking.size());
  const double level = kLevel / static_cast<double>(pairs.size());
  for (const Pair& pair : pairs) {
    if (differ(pair, prior, level)) apart[pair.a][pair.b] = apart[pair.b][pair.a] = true;
  }
}

}  // namespace

std::vector<std::vector<std::size_t>> ties(const std::vector<CellSummary>& summaries) {
  const std::vector<ByRound> figures = figures_of(summaries);
  std::map<std::pair<Group, std::size_t>, std::vector<std::size_t>> rankings;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const Cell& cell = summaries[i].cell;
    if (!summaries[i].floor) rankings[{group_of(cell), cell.size_bytes}].push_back(i);
  }
  std::vector<std::vector<std::size_t>> tied(summaries.size());
  for (const auto& [of, ranking] : rankings) {
    std::vector<std::vector<bool>> apart(ranking.size(), std::vector<bool>(ranking.size()));
    tell_apart(ranking, figures, apart);
    for (std::size_t i = 0; i < ranking.size(); ++i) {
      for (std::size_t j = 0; j < ranking.size(); ++j) {
        if (i != j && !apart[i][j]) tied[ranking[i]].push_back(ranking[j]);
      }
    }
  }
  return tied;
}

}  // namespace ipcbench
