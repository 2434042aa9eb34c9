#include "results/statistics/rank_interval.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "results/statistics/moderation.hpp"
#include "results/statistics/sign_flips.hpp"

namespace ipcbench {
namespace {

// A million degrees of freedom are as good as infinitely many.
constexpr double kMostRankFreedom = 1e6;

// Of the mean of a level; no freedom: not known.
struct MeanVariance {
  double variance = 0;
  double freedom = 0;
};

VarianceEstimate own_variance(const MeasuredLevel& level, double least_sd) {
  if (level.count < 2 || !std::isfinite(level.sd)) return {};
  return {std::pow(std::max(level.sd, least_sd), 2), static_cast<double>(level.count - 1)};
}

// No less than the level's own variance, and half of the freedom that the other levels add: the prior is an
// estimate itself, and unequal levels are not drawn from it.
MeanVariance mean_variance(const MeasuredLevel& level, const VarianceEstimate& prior, double least_sd) {
  const VarianceEstimate own = own_variance(level, least_sd);
  const VarianceEstimate both = moderated(own, prior);
  const double added = std::min(both.freedom, kMostRankFreedom) - own.freedom;
  return {std::max(both.variance, own.variance) / static_cast<double>(std::max<std::size_t>(1, level.count)),
          own.freedom + std::max(0.0, added) / 2};
}

// One-sided, for `a` being higher than `b`.
double welch_p(double difference, const MeanVariance& a, const MeanVariance& b) {
  const double variance = a.variance + b.variance;
  if (a.freedom == 0 || b.freedom == 0 || !(variance > 0)) return 1;
  const double doubt = a.variance * a.variance / a.freedom + b.variance * b.variance / b.freedom;
  const boost::math::students_t_distribution<double> t(
      std::min(kMostRankFreedom, variance * variance / doubt));
  return boost::math::cdf(boost::math::complement(t, difference / std::sqrt(variance)));
}

VarianceEstimate prior_of(const MeasuredLevel& own, const std::vector<MeasuredLevel>& others,
                          double least_sd) {
  std::vector<VarianceEstimate> estimates;
  const auto add = [&](const MeasuredLevel& level) {
    const VarianceEstimate estimate = own_variance(level, least_sd);
    if (estimate.freedom > 0) estimates.push_back(estimate);
  };
  add(own);
  for (const MeasuredLevel& other : others) add(other);
  return variance_prior(estimates);
}

}  // namespace

RankInterval rank_interval(const MeasuredLevel& own, const std::vector<MeasuredLevel>& others,
                           double least_sd, double confidence) {
  const VarianceEstimate prior = prior_of(own, others, least_sd);
  const MeanVariance own_mean = mean_variance(own, prior, least_sd);
  const std::size_t count = others.size();
  std::vector<double> p(2 * count);  // of each other: that it is lower, then that it is higher
  RankInterval interval{.high = count + 1};
  for (std::size_t i = 0; i < count; ++i) {
    const MeanVariance other_mean = mean_variance(others[i], prior, least_sd);
    p[i] = welch_p(own.mean - others[i].mean, own_mean, other_mean);
    p[count + i] = welch_p(others[i].mean - own.mean, own_mean, other_mean);
    interval.rank += others[i].mean < own.mean ? 1U : 0U;
  }
  const std::vector<double> adjusted = holm_p(p);
  for (std::size_t i = 0; i < count; ++i) {
    interval.low += adjusted[i] <= 1 - confidence ? 1U : 0U;
    interval.high -= adjusted[count + i] <= 1 - confidence ? 1U : 0U;
  }
  return interval;
}

}  // namespace ipcbench
