#include "results/statistics/outlying.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace ipcbench {
namespace {

// Median 3, distances 2 1 0 1 97, whose median is 1: 97 / 1.4826.
TEST(RobustDeviations, ByHand) {
  const auto deviations = robust_deviations({1, 2, 3, 4, 100});
  EXPECT_DOUBLE_EQ(deviations[0], -2 / 1.4826);
  EXPECT_EQ(deviations[2], 0);
  EXPECT_DOUBLE_EQ(deviations[4], 97 / 1.4826);
}

// Catches a division of 0 by 0.
TEST(RobustDeviations, OfEqualValues) {
  const auto deviations = robust_deviations({5, 5, 5, 5, 4});
  EXPECT_EQ(deviations[0], 0);
  EXPECT_TRUE(std::isinf(deviations[4]) && deviations[4] < 0);
  EXPECT_THROW(static_cast<void>(robust_deviations({})), std::invalid_argument);
}

TEST(RobustDeviations, FewValuesHaveToDeviateMore) {
  EXPECT_DOUBLE_EQ(outlying_from(10), 6.8);
  EXPECT_DOUBLE_EQ(outlying_from(26), 5.2);
}

}  // namespace
}  // namespace ipcbench
