#include "results/statistics/signed_rank.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace ipcbench {
namespace {

using ::testing::ElementsAre;

// Catches means that leave out a value paired with itself: the six of 0, 1 and 5 are 0, 0.5, 2.5, 1, 3, 5.
TEST(HodgesLehmann, IsTheMedianOfAllMeansOfTwo) {
  EXPECT_DOUBLE_EQ(hodges_lehmann({0, 1, 5}), 1.75);
  EXPECT_DOUBLE_EQ(hodges_lehmann({7}), 7);
  EXPECT_DOUBLE_EQ(hodges_lehmann({-1, -2}), -1.5);
}

// Catches an estimate that an outlier drags along, as it would the mean (20.12).
TEST(HodgesLehmann, HardlyMovesForAnOutlier) {
  EXPECT_DOUBLE_EQ(hodges_lehmann({0, 0.1, 0.2, 0.3, 100}), 0.2);
}

TEST(HodgesLehmann, RefusesWhatHasNoCentre) {
  EXPECT_THROW(hodges_lehmann({}), std::invalid_argument);
  EXPECT_THROW(hodges_lehmann({1, std::nan("")}), std::invalid_argument);
}

// With six values, only W = 0 and 21 lie outside the range of all means: 1 - 2/64. Five cannot reach 95 %.
TEST(EstimateShift, ReachesNinetyFivePercentFromSixValuesOn) {
  const Shift six = estimate_shift({1, 2, 3, 4, 5, 6}, 0.95);
  EXPECT_DOUBLE_EQ(six.estimate, 3.5);
  EXPECT_DOUBLE_EQ(six.low, 1);
  EXPECT_DOUBLE_EQ(six.high, 6);
  EXPECT_DOUBLE_EQ(six.confidence, 1 - 2.0 / 64);
  EXPECT_DOUBLE_EQ(estimate_shift({1, 2, 3, 4, 5}, 0.95).confidence, 1 - 2.0 / 32);
  EXPECT_DOUBLE_EQ(estimate_shift({1}, 0.95).confidence, 0);
}

// Beyond 50 values the cut is a normal quantile: for n = 100, W has mean 2525 and variance 100 * 101 * 201 /
// 24 = 84,587.5, so that floor(2525 - 1.96 * 290.8) = 1954 means are left out at either end. The next of the
// 5050 sorted means of two of 1 to 100 is 44.5.
TEST(EstimateShift, OfManyValuesLeavesOutTheNormalShare) {
  std::vector<double> values;
  for (int i = 1; i <= 100; ++i) values.push_back(i);
  const Shift many = estimate_shift(values, 0.95);
  EXPECT_DOUBLE_EQ(many.estimate, 50.5);
  EXPECT_DOUBLE_EQ(many.low, 44.5);
  EXPECT_DOUBLE_EQ(many.high, 56.5);
  EXPECT_DOUBLE_EQ(many.confidence, 0.95);
}

// Catches tails on the wrong side or without the observed value: all six are above 0 once in 64.
TEST(SignedRankP, IsSmallForValuesAboveZero) {
  EXPECT_DOUBLE_EQ(signed_rank_p({1, 2, 3, 4, 5, 6}), 1.0 / 64);
  EXPECT_DOUBLE_EQ(signed_rank_p({-1, -2, -3, -4, -5, -6}), 1);
  // W = 2 + 3 of 1..3: 5 or more is {2,3} and {1,2,3}.
  EXPECT_DOUBLE_EQ(signed_rank_p({-1, 2, 3}), 2.0 / 8);
}

// Two equal values share rank 1.5: of the four sums 0, 1.5, 1.5, 3, three reach 1.5. A zero says nothing.
TEST(SignedRankP, SharesRanksAndLeavesZerosOut) {
  EXPECT_DOUBLE_EQ(signed_rank_p({1, -1}), 3.0 / 4);
  EXPECT_DOUBLE_EQ(signed_rank_p({1, -1, 0}), 3.0 / 4);
  EXPECT_DOUBLE_EQ(signed_rank_p({0, 0}), 1);
  EXPECT_DOUBLE_EQ(signed_rank_p({}), 1);
}

// Three values share the ranks 2, 3 and 4.
TEST(SignedRanks, GiveEqualValuesTheirMeanRank) {
  EXPECT_THAT(signed_ranks({2, -2, 1, 2}), ElementsAre(3, -3, 1, 3));
}

// Catches a block without a pair that is given a rank.
TEST(SignedRanks, KeepPlacesAndLeaveOutWhatIsMissing) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(signed_ranks({-3, missing, 0, 1, 2}), ElementsAre(-3, 0, 0, 1, 2));
}

}  // namespace
}  // namespace ipcbench
