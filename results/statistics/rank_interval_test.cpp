#include "results/statistics/rank_interval.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ipcbench {
namespace {

constexpr double kResolution = 0.001;

RankInterval interval_among(const MeasuredLevel& own, const std::vector<MeasuredLevel>& others) {
  return rank_interval(own, others, kResolution, 0.95);
}

// One is lower by 100 standard deviations and two are higher. Catches sides that are swapped.
TEST(RankIntervalTest, IsExactWhereLevelsAreFarApart) {
  const RankInterval interval = interval_among({0, 0.01, 12}, {{1, 0.01, 12}, {-1, 0.01, 12}, {1, 0.01, 12}});
  EXPECT_EQ(interval.rank, 2U);
  EXPECT_EQ(interval.low, 2U);
  EXPECT_EQ(interval.high, 2U);
}

// Equal means: the rank is the best of them, and may be any.
TEST(RankIntervalTest, IncludesAllThatCannotBeToldApart) {
  const RankInterval interval = interval_among({0, 0.01, 12}, {{0, 0.01, 12}, {0, 0.01, 12}, {5, 0.01, 12}});
  EXPECT_EQ(interval.rank, 1U);
  EXPECT_EQ(interval.low, 1U);
  EXPECT_EQ(interval.high, 3U);
}

// Catches a single measurement that is taken for an exact one.
TEST(RankIntervalTest, ALevelOfOneMeasurementIsNotSure) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  const RankInterval interval = interval_among({0, unknown, 1}, {{5, unknown, 1}, {-5, 0.01, 3}});
  EXPECT_EQ(interval.rank, 2U);
  EXPECT_EQ(interval.low, 1U);
  EXPECT_EQ(interval.high, 3U);
}

// Three equal measurements of a clock that counts in steps have no deviation. The other is higher by one
// step: t = 0.001 / (0.001 sqrt(2 / 3)) = 1.2. Without the resolution, it would be infinite.
TEST(RankIntervalTest, EqualMeasurementsAreNotExact) {
  EXPECT_EQ(interval_among({0, 0, 3}, {{kResolution, 0, 3}}).high, 2U);
  EXPECT_EQ(interval_among({0, 0, 3}, {{100 * kResolution, 0, 3}}).high, 1U);
}

// Twelve measurements with a deviation of 0.01 each: the difference of means has one of 0.01 sqrt(2 / 12) =
// 0.00408, so that 0.0102 is 2.5 of them: with 22 degrees of freedom, p is 0.010. Twice that for two
// directions is below 0.05, and 100 times that is not. Catches a rank that is not corrected for the number of
// machines.
TEST(RankIntervalTest, IsCorrectedForTheOthers) {
  std::vector<MeasuredLevel> others{{0.0102, 0.01, 12}};
  EXPECT_EQ(interval_among({0, 0.01, 12}, others).high, 1U);
  others.resize(50, {0, 0.01, 12});
  EXPECT_EQ(interval_among({0, 0.01, 12}, others).high, 51U);
}

// Three measurements with a deviation of 0.02, lower by 0.12: t = 7.3, and with 4 degrees of freedom p is
// 0.0009, which is nothing among 60 times two. But 61 equal deviations say what such a deviation is.
TEST(RankIntervalTest, LearnsTheDeviationFromAll) {
  EXPECT_EQ(interval_among({0, 0.02, 3}, std::vector<MeasuredLevel>(60, {-0.12, 0.02, 3})).low, 61U);
}

// A level that varies much more than the others keeps its own deviation: 0.2 sqrt(1 / 3) = 0.115 is about the
// difference. Catches a variance that becomes that of the others.
TEST(RankIntervalTest, ANoisyLevelStaysNoisy) {
  const RankInterval interval = interval_among({0, 0.2, 3}, std::vector<MeasuredLevel>(60, {-0.12, 0.02, 3}));
  EXPECT_EQ(interval.rank, 61U);
  EXPECT_EQ(interval.low, 1U);
}

TEST(RankIntervalTest, AloneIsFirst) {
  const RankInterval interval = interval_among({0, 0.01, 3}, {});
  EXPECT_EQ(interval.rank, 1U);
  EXPECT_EQ(interval.high, 1U);
}

}  // namespace
}  // namespace ipcbench
