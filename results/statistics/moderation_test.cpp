#include "results/statistics/moderation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace ipcbench {
namespace {

std::vector<VarianceEstimate> alike(std::size_t count, double variance, double freedom) {
  return std::vector<VarianceEstimate>(count, {variance, freedom});
}

// Estimates that vary less than chance would make them: the prior knows the variance. Of log chi^2(4) / 4 the
// mean is digamma(2) - log(2) = 0.4228 - 0.6931, so the prior's variance is 0.01 exp(0.2704).
TEST(VariancePrior, IsCertainWhereEstimatesAgree) {
  const VarianceEstimate prior = variance_prior(alike(10, 0.01, 4));
  EXPECT_TRUE(std::isinf(prior.freedom));
  EXPECT_NEAR(prior.variance, 0.01 * std::exp(0.2703628), 1e-7);
  const VarianceEstimate posterior = moderated({5, 4}, prior);
  EXPECT_DOUBLE_EQ(posterior.variance, prior.variance);
  EXPECT_TRUE(std::isinf(posterior.freedom));
}

// Catches a prior from so few variances that it is chance, and from variances that are mostly 0.
TEST(VariancePrior, IsNoneWhereNothingIsKnown) {
  EXPECT_EQ(variance_prior({}).freedom, 0);
  EXPECT_EQ(variance_prior(alike(5, 0.01, 4)).freedom, 0);
  EXPECT_EQ(variance_prior(alike(10, 0, 4)).freedom, 0);
  EXPECT_EQ(moderated({0.03, 4}, {}).variance, 0.03);
  EXPECT_EQ(moderated({0.03, 4}, {}).freedom, 4);
}

// A single 0 among others counts as a hundred-thousandth of their median, not as minus infinity.
TEST(VariancePrior, WithstandsAZero) {
  std::vector<VarianceEstimate> estimates = alike(10, 1, 4);
  estimates.push_back({0, 4});
  const VarianceEstimate prior = variance_prior(estimates);
  EXPECT_GT(prior.freedom, 0);
  EXPECT_TRUE(std::isfinite(prior.variance));
}

// (6 x 2 + 4 x 7) / (6 + 4).
TEST(Moderated, WeighsByDegreesOfFreedom) {
  const VarianceEstimate posterior = moderated({7, 4}, {2, 6});
  EXPECT_DOUBLE_EQ(posterior.variance, 4);
  EXPECT_DOUBLE_EQ(posterior.freedom, 10);
}

// Catches rows that move together and count as so many witnesses: three alike have the 3 degrees of one. Two
// whose deviations are at right angles have twice as many. A constant row is a witness of its own.
TEST(PooledFreedom, CountsRowsThatMoveTogetherOnce) {
  const std::vector<double> row{1, 2, 4, 9};
  EXPECT_NEAR(pooled_freedom({row}), 3, 1e-12);
  EXPECT_NEAR(pooled_freedom({row, {2, 4, 8, 18}, {-1, -2, -4, -9}}), 3, 1e-12);
  EXPECT_NEAR(pooled_freedom({{1, -1, 0, 0}, {0, 0, 1, -1}}), 6, 1e-12);
  EXPECT_NEAR(pooled_freedom({{1, -1, 0, 0}, {5, 5, 5, 5}}), 6, 1e-12);
  EXPECT_EQ(pooled_freedom({}), 0);
}

// Six rows with a variance of 1 and one of 100. Catches a variance that moderation lowers, which raises false
// alarms, and freedom beyond what the sessions can know.
TEST(ModeratedVariances, NeverLowerAVariance) {
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 6; ++i) rows.push_back({-1, 0, 1});
  rows.push_back({-10, 0, 10});
  const std::vector<VarianceEstimate> moderated = moderated_variances(rows, Steadiness::own);
  EXPECT_DOUBLE_EQ(moderated.back().variance, 100);
  EXPECT_GE(moderated.front().variance, 1);
  for (const VarianceEstimate& each : moderated) EXPECT_NEAR(each.freedom, 2, 1e-9);  // all rows are alike
}

// Six rows of variance 1 and one of variance 0.01, whose own sessions count for next to nothing if none may
// be steadier than usual.
TEST(ModeratedVariances, KeepNoRowSteadierThanUsualIfToldSo) {
  std::vector<std::vector<double>> rows(6, {-1, 0, 1});
  rows.push_back({-0.1, 0, 0.1});
  const double own = moderated_variances(rows, Steadiness::own).back().variance;
  const double usual = moderated_variances(rows, Steadiness::at_most_usual).back().variance;
  EXPECT_LT(own, usual);
  std::vector<VarianceEstimate> estimates(6, {1, 2});
  estimates.push_back({0.01, 2});
  EXPECT_DOUBLE_EQ(usual, variance_prior(estimates).variance);
}

// Two degrees of freedom beside each row's own two, since the rows are at right angles. Half of them count,
// and a quarter where none may be steadier than usual.
TEST(ModeratedVariances, CountAPartOfWhatTheOthersAdd) {
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 3; ++i) {
    rows.push_back({-1, 0, 1});
    rows.push_back({1, -2, 1});
  }
  EXPECT_NEAR(moderated_variances(rows, Steadiness::own).front().freedom, 2 + (4 - 2) / 2.0, 1e-9);
  EXPECT_NEAR(moderated_variances(rows, Steadiness::at_most_usual).front().freedom, 2 + (4 - 2) / 4.0, 1e-9);
}

}  // namespace
}  // namespace ipcbench
