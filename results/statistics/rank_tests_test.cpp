#include "results/statistics/rank_tests.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ipcbench {
namespace {

using Values = std::vector<double>;

// All of `a` below all of `b`: one of C(6, 3) = 20 orders, twice. One pair the other way round: 2 of 20,
// twice. Catches a one-sided value, and an order counted twice.
TEST(RankSum, IsExactForFewValues) {
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 2, 3}, {4, 5, 6}), 0.1);
  EXPECT_DOUBLE_EQ(rank_sum_p({4, 5, 6}, {1, 2, 3}), 0.1);
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 2, 4}, {3, 5, 6}), 0.2);
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 4}, {2, 3}), 1);
}

TEST(RankSum, OfNothingOrEqualValuesFindsNothing) {
  EXPECT_EQ(rank_sum_p({}, {1}), 1);
  EXPECT_EQ(rank_sum_p({5, 5, 5}, {5, 5}), 1);
}

// Four in order: one of 4! = 24, twice. One neighbouring pair exchanged: 4 of 24, twice.
TEST(Trend, IsExactForFewValues) {
  EXPECT_DOUBLE_EQ(trend_p({1, 2, 3, 4}), 2.0 / 24);
  EXPECT_DOUBLE_EQ(trend_p({4, 3, 2, 1}), 2.0 / 24);
  EXPECT_DOUBLE_EQ(trend_p({1, 3, 2, 4}), 8.0 / 24);
}

TEST(Trend, OfNothingOrEqualValuesFindsNothing) {
  EXPECT_EQ(trend_p({}), 1);
  EXPECT_EQ(trend_p({3}), 1);
  EXPECT_EQ(trend_p({3, 3, 3, 3}), 1);
}

// A line of slope 2 with one value far off: of the six slopes between pairs, three are 2, and the outlier's
// lie on either side of it. Catches a slope of least squares.
TEST(TheilSen, IgnoresAnOutlier) {
  EXPECT_EQ(theil_sen_slope({0, 2, 4, 6}), 2);
  EXPECT_EQ(theil_sen_slope({0, 100, 4, 6}), 2);
  EXPECT_THROW(theil_sen_slope({1}), std::invalid_argument);
}

// Three low, two high: all 3 * 2 pairs ascend, K = 6, and 2 exp(-6 * 36 / (125 + 25)) = 2 exp(-1.44).
TEST(ChangePoint, IsWhereTheLevelSteps) {
  const ChangePoint change = change_point({1, 2, 1.5, 8, 9});
  EXPECT_EQ(change.place, 3U);
  EXPECT_NEAR(change.p, 0.473855, 1e-6);
  EXPECT_EQ(change_point({9, 8, 1.5, 2, 1}).place, 2U);
}

TEST(ChangePoint, OfOneLevelIsNowhere) {
  EXPECT_EQ(change_point({}).place, 0U);
  EXPECT_EQ(change_point({4, 4, 4}).place, 0U);
  EXPECT_EQ(change_point({4, 4, 4}).p, 1);
}

}  // namespace
}  // namespace ipcbench
