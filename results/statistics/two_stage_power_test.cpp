#include "results/statistics/two_stage_power.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "results/statistics/signed_rank.hpp"

namespace ipcbench {
namespace {

// Of the sums of ranks of 5 values, only 15 has a probability of at most 1/32, and 14 of 2/32. Six values
// have 1/64.
TEST(CriticalRankSum, IsTheSmallestRareOne) {
  EXPECT_EQ(critical_rank_sum(5, 1.0 / 32), 15U);
  EXPECT_EQ(critical_rank_sum(5, 2.0 / 32), 14U);
  EXPECT_EQ(critical_rank_sum(5, 0.9 / 32), 16U);  // none
  EXPECT_EQ(critical_rank_sum(5, 1), 0U);
}

// Beyond 50 values: 51 * 52 / 4 = 663 and 1.6449 times the root of 51 * 52 * 103 / 24 = 106.7.
TEST(CriticalRankSum, IsNormalForMany) { EXPECT_EQ(critical_rank_sum(51, 0.05), 839U); }

// All of n blocks have to be above 0 where p is 2^-n: a probability of Phi(shift / sd)^n.
TEST(StagePower, OfTheStrictestTestIsThatOfAllSigns) {
  for (const double shift : {0.5, 1.0, 2.0}) {
    const double above = 0.5 * std::erfc(-shift / 0.9 / std::sqrt(2));
    EXPECT_NEAR(stage_power(shift, 0.9, {8, 1.0 / 256, -10}), std::pow(above, 8), 0.06) << shift;
  }
  EXPECT_EQ(stage_power(100, 0.9, {7, 1.0 / 256, -10}), 0);
}

// Catches a test that only has to be significant: half of all estimates fall short of the true value.
TEST(StagePower, IsAHalfAtWhatIsTheLeast) {
  EXPECT_DOUBLE_EQ(stage_power(0.05, 0.001, {30, 1e-4, 0.05}), 0.5);
  EXPECT_DOUBLE_EQ(stage_power(0.05, 0.001, {200, 1e-4, 0.05}), 0.5);
  EXPECT_EQ(stage_power(0.05, 0, {30, 1e-4, 0.05}), 1);
}

// The limit and the samples meet. Catches either of them with another centre or spread.
TEST(StagePower, HardlyJumpsWhereSamplesEnd) {
  for (const double shift : {0.4, 0.5, 0.6, 0.7}) {
    EXPECT_NEAR(stage_power(shift, 1, {50, 0.001, 0.3}), stage_power(shift, 1, {51, 0.001, 0.3}), 0.05);
  }
}

// Two stages of which each passes with a chance of 0.9 pass together with 0.81.
TEST(DetectableShift, PassesBothStages) {
  const Stage first{60, 0.2, 0.02};
  const Stage second{80, 1e-4, 0.05};
  const double shift = detectable_shift(0.8, 0.1, first, second);
  EXPECT_NEAR(stage_power(shift, 0.1, first) * stage_power(shift, 0.1, second), 0.8, 1e-4);
  EXPECT_EQ(detectable_shift(0.8, 0.1, first, {8, 1e-4, 0.05}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(detectable_shift(0.8, INFINITY, first, second), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace ipcbench
