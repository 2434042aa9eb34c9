#include "results/statistics/statistics.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace ipcbench {
namespace {

// Catches taking the wrong middle, or forgetting to sort.
TEST(Median, IsTheMiddleOrTheMeanOfTheTwoMiddleValues) {
  EXPECT_EQ(median({7}), 7);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 2}), 3.5);
}

// Catches an overflow of the sum of the two middle values.
TEST(Median, OfHugeValuesIsFinite) {
  const double huge = std::numeric_limits<double>::max();
  EXPECT_EQ(median({huge, huge}), huge);
}

TEST(Median, OfNothingOrOfNaNIsRefused) {
  EXPECT_THROW(median({}), std::invalid_argument);
  EXPECT_THROW(median({1, std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  EXPECT_THROW(estimate_median({}), std::invalid_argument);
  EXPECT_THROW(estimate_median({std::numeric_limits<double>::infinity()}), std::invalid_argument);
}

// One launch says nothing about the next: catches a claim of confidence that is not there.
TEST(EstimateMedian, OfOneValueHasNoConfidence) {
  const Estimate estimate = estimate_median({4});
  EXPECT_EQ(estimate.median, 4);
  EXPECT_EQ(estimate.low, 4);
  EXPECT_EQ(estimate.high, 4);
  EXPECT_EQ(estimate.confidence, 0);
}

// The range of n values misses the median only if all lie on one side: 1 - 2 / 2^n.
TEST(EstimateMedian, OfFewValuesIsTheirRange) {
  EXPECT_DOUBLE_EQ(estimate_median({1, 2}).confidence, 0.5);
  EXPECT_DOUBLE_EQ(estimate_median({1, 2, 3}).confidence, 0.75);
  EXPECT_DOUBLE_EQ(estimate_median({1, 2, 3, 4, 5}).confidence, 0.9375);
  const Estimate six = estimate_median({6, 5, 4, 3, 2, 1});
  EXPECT_DOUBLE_EQ(six.confidence, 0.96875);
  EXPECT_EQ(six.low, 1);
  EXPECT_EQ(six.high, 6);
  EXPECT_EQ(six.median, 3.5);
}

// n = 9: k = 2 covers with 1 - 2 (1 + 9) / 512 = 0.9609375, k = 3 with 1 - 2 (1 + 9 + 36) / 512 = 0.82.
// Catches an interval that is off by one, or the next one that no longer reaches 95 %.
TEST(EstimateMedian, DropsTheExtremesOnceItCanAffordTo) {
  const Estimate nine = estimate_median({10, 20, 30, 40, 50, 60, 70, 80, 90});
  EXPECT_EQ(nine.low, 20);
  EXPECT_EQ(nine.high, 80);
  EXPECT_DOUBLE_EQ(nine.confidence, 0.9609375);
}

// n = 10: 1 - 2 (1 + 10) / 1024 and 1 - 2 (1 + 10 + 45) / 1024.
TEST(EstimateMedian, TakesTheNarrowestIntervalThatReachesTheWantedConfidence) {
  const std::vector<double> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(estimate_median(ten).low, 2);
  EXPECT_DOUBLE_EQ(estimate_median(ten).confidence, 1 - 22.0 / 1024);
  EXPECT_EQ(estimate_median(ten, 0.85).low, 3);
  EXPECT_EQ(estimate_median(ten, 0.85).high, 8);
  EXPECT_DOUBLE_EQ(estimate_median(ten, 0.85).confidence, 1 - 112.0 / 1024);
}

// Beyond some 1074 values 1 / 2^n is zero in a double; the interval must not become all or nothing.
// For n = 2000 the normal approximation puts k at 1000 - 1.96 * sqrt(2000) / 2 = 956.2.
TEST(EstimateMedian, OfThousandsOfValuesIsStillAnInterval) {
  std::vector<double> values;
  for (int i = 1; i <= 2000; ++i) values.push_back(i);
  const Estimate estimate = estimate_median(values);
  EXPECT_NEAR(estimate.low, 956, 1);
  EXPECT_NEAR(estimate.high, 1045, 1);
  EXPECT_NEAR(estimate.confidence, 0.95, 0.005);
}

}  // namespace
}  // namespace ipcbench
