#include "results/statistics/equivalence.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

constexpr double kNormal = 1e6;  // degrees of freedom

// 1.96 standard errors from a margin are 5 % on two sides. Catches one-sided values, which would call twice
// as many cells certain, and a margin that holds in one direction only.
TEST(MarginTest, FollowsTheInterval) {
  for (const double sign : {-1.0, 1.0}) {
    const MarginTest inside = test_margin(sign * 1.04, 1, kNormal, 3);
    EXPECT_NEAR(inside.p_within, 0.05, 0.0001);
    EXPECT_DOUBLE_EQ(inside.p_beyond, 1);
    const MarginTest outside = test_margin(sign * 4.96, 1, kNormal, 3);
    EXPECT_NEAR(outside.p_beyond, 0.05, 0.0001);
    EXPECT_DOUBLE_EQ(outside.p_within, 1);
  }
}

// At the margin nothing is certain. Two degrees of freedom: t is 4.303 at 97.5 %. Catches a normal
// distribution in place of Student's.
TEST(MarginTest, KnowsFewDegreesOfFreedom) {
  EXPECT_DOUBLE_EQ(test_margin(3, 1, kNormal, 3).p_within, 1);
  EXPECT_DOUBLE_EQ(test_margin(3, 1, kNormal, 3).p_beyond, 1);
  EXPECT_NEAR(test_margin(0, 1, 2, 4.3027).p_within, 0.05, 0.0001);
}

}  // namespace
}  // namespace ipcbench
