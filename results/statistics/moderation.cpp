#include "results/statistics/moderation.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kFewestVariances = 6;
constexpr double kLeastOfMedian = 1e-5;

// The x with trigamma(x) = y. trigamma falls from infinity to 0, and log(trigamma) hardly bends over log(x),
// so that halving the interval is sure to end; y above 0.
double inverse_trigamma(double y) {
  double low = std::log(1e-8);
  double high = std::log(1e16);
  for (int step = 0; step < 200; ++step) {
    const double middle = (low + high) / 2;
    (boost::math::trigamma(std::exp(middle)) > y ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

double least_of(const std::vector<VarianceEstimate>& estimates) {
  std::vector<double> variances;
  variances.reserve(estimates.size());
  for (const VarianceEstimate& each : estimates) variances.push_back(each.variance);
  return kLeastOfMedian * median(std::move(variances));
}

// Deviations from the mean, divided by their length; all 0 for a row without variance.
std::vector<double> normed(std::vector<double> row) {
  const double mean = boost::math::statistics::mean(row);
  double squares = 0;
  for (double& value : row) {
    value -= mean;
    squares += value * value;
  }
  for (double& value : row) value = squares > 0 ? value / std::sqrt(squares) : 0;
  return row;
}

}  // namespace

VarianceEstimate variance_prior(const std::vector<VarianceEstimate>& estimates) {
  if (estimates.size() < kFewestVariances) return {};
  const double least = least_of(estimates);
  if (least <= 0) return {};
  std::vector<double> logs;
  double expected = 0;  // of the logarithms' variance, if all true variances were the same
  for (const VarianceEstimate& each : estimates) {
    const double half = each.freedom / 2;
    logs.push_back(std::log(std::max(each.variance, least)) - boost::math::digamma(half) + std::log(half));
    expected += boost::math::trigamma(half) / static_cast<double>(estimates.size());
  }
  const double mean = boost::math::statistics::mean(logs);
  const double excess = boost::math::statistics::sample_variance(logs) - expected;
  if (!(excess > 0)) return {std::exp(mean), std::numeric_limits<double>::infinity()};
  const double half = inverse_trigamma(excess);
  return {std::exp(mean + boost::math::digamma(half) - std::log(half)), 2 * half};
}

VarianceEstimate moderated(const VarianceEstimate& estimate, const VarianceEstimate& prior) {
  if (prior.freedom == 0) return estimate;
  if (std::isinf(prior.freedom)) return prior;
  const double freedom = prior.freedom + estimate.freedom;
  return {(prior.freedom * prior.variance + estimate.freedom * estimate.variance) / freedom, freedom};
}

double pooled_freedom(const std::vector<std::vector<double>>& values) {
  if (values.empty()) return 0;
  const std::size_t sessions = values.front().size();
  std::vector<double> products(sessions * sessions, 0);
  double rows = 0;
  double constant = 0;
  for (const std::vector<double>& row : values) {
    const std::vector<double> unit = normed(row);
    ++rows;
    if (std::ranges::all_of(unit, [](double value) { return value == 0; })) ++constant;
    for (std::size_t a = 0; a < sessions; ++a) {
      for (std::size_t b = 0; b < sessions; ++b) products[a * sessions + b] += unit[a] * unit[b];
    }
  }
  // The sum over pairs of rows equals that over pairs of sessions: both are the trace of the same square.
  double squares = constant;
  for (const double product : products) squares += product * product;
  return static_cast<double>(sessions - 1) * rows * rows / squares;
}

std::vector<VarianceEstimate> moderated_variances(const std::vector<std::vector<double>>& rows,
                                                  Steadiness steadiness) {
  std::vector<VarianceEstimate> own;
  std::map<std::size_t, std::vector<std::vector<double>>> by_length;
  for (const std::vector<double>& row : rows) {
    own.push_back({boost::math::statistics::sample_variance(row), static_cast<double>(row.size() - 1)});
    by_length[row.size()].push_back(row);
  }
  const VarianceEstimate prior = variance_prior(own);
  std::map<std::size_t, double> most;
  for (const auto& [length, alike] : by_length) most[length] = pooled_freedom(alike);
  const double parts = steadiness == Steadiness::own ? 2 : 4;
  std::vector<VarianceEstimate> result;
  for (const VarianceEstimate& each : own) {
    const auto [variance, freedom] = moderated(each, prior);
    const double least = steadiness == Steadiness::own ? 0 : prior.variance;
    const double added = std::min(freedom, most[static_cast<std::size_t>(each.freedom) + 1]) - each.freedom;
    result.push_back(
        {std::max({variance, each.variance, least}), each.freedom + std::max(0.0, added) / parts});
  }
  return result;
}

}  // namespace ipcbench
