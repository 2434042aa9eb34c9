#include "results/statistics/rank_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ipcbench {
namespace {

// Differences of {10, 20} and {1, 2, 3}: 7 8 9 17 18 19. U of 2 and 3 values takes each of its 10 orders with
// the counts 1 1 2 2 2 1 1, so that the whole range leaves out 2 / 10.
TEST(ShiftBetween, SmallGroupsByHand) {
  const Shift shift = shift_between({1, 2, 3}, {10, 20}, 0.95);
  EXPECT_EQ(shift.estimate, 13);
  EXPECT_EQ(shift.low, 7);
  EXPECT_EQ(shift.high, 19);
  EXPECT_DOUBLE_EQ(shift.confidence, 0.8);
}

// At 60 %, U = 0 and U = 1 may be left out at both ends: 1 - 4 / 10.
TEST(ShiftBetween, TakesTheNarrowestThatIsWide) {
  const Shift shift = shift_between({1, 2, 3}, {10, 20}, 0.6);
  EXPECT_EQ(shift.low, 8);
  EXPECT_EQ(shift.high, 18);
  EXPECT_DOUBLE_EQ(shift.confidence, 0.6);
}

// The critical value of U of two groups of 10 at 5 %, two-sided, is 23 in every table: the interval is
// between the 24th difference from both ends.
TEST(ShiftBetween, AgreesWithTheTables) {
  std::vector<double> before;
  std::vector<double> after;
  std::vector<double> differences;
  for (int i = 0; i < 10; ++i) {
    before.push_back(i);
    after.push_back(100 + 10 * i);
  }
  for (const double a : after) {
    for (const double b : before) differences.push_back(a - b);
  }
  std::ranges::sort(differences);
  const Shift shift = shift_between(before, after, 0.95);
  EXPECT_EQ(shift.low, differences[23]);
  EXPECT_EQ(shift.high, differences[100 - 24]);
  EXPECT_NEAR(shift.confidence, 0.9567, 0.0005);
}

TEST(ShiftBetween, OneValueOfEachHasNoConfidence) {
  const Shift shift = shift_between({1}, {3}, 0.95);
  EXPECT_EQ(shift.estimate, 2);
  EXPECT_EQ(shift.confidence, 0);
  EXPECT_THROW(static_cast<void>(shift_between({}, {3}, 0.95)), std::invalid_argument);
}

// Of the 20 orders of 3 and 3 values two are as extreme, of the 10 of 2 and 3 values two. Catches one side
// only.
TEST(RankSumP, SmallGroupsByHand) {
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 2, 3}, {4, 5, 6}), 0.1);
  EXPECT_DOUBLE_EQ(rank_sum_p({4, 5, 6}, {1, 2, 3}), 0.1);
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 2}, {3, 4, 5}), 0.2);
  // U = 1 or less: 2 of 20 at each end.
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 2, 4}, {3, 5, 6}), 0.2);
}

// One pair of equal values of 3 and 3: U = 0.5, which counts as 1.
TEST(RankSumP, EqualValuesMakeItCareful) {
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 2, 3}, {3, 5, 6}), 0.2);
  EXPECT_DOUBLE_EQ(rank_sum_p({1, 1}, {1, 1}), 1);
}

// 25 and 25 values apart: U = 0 is 312 / sqrt(625 * 51 / 12) = 6.054 deviations from its mean, with the
// correction for continuity.
TEST(RankSumP, LargeGroupsAreNormal) {
  std::vector<double> one;
  std::vector<double> other;
  for (int i = 0; i < 25; ++i) {
    one.push_back(i);
    other.push_back(100 + i);
  }
  EXPECT_NEAR(rank_sum_p(one, other), 1.42e-9, 0.01e-9);
  EXPECT_DOUBLE_EQ(rank_sum_p(std::vector<double>(25, 1), std::vector<double>(25, 1)), 1);
}

}  // namespace
}  // namespace ipcbench
