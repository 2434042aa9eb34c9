#include "harness/base/line_distance.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

TEST(LineDistance, IsTheGeometricMeanOfBothMeasurements) {
  EXPECT_DOUBLE_EQ(distance_ns({.before_ns = 100, .after_ns = 400}), 200);
}

TEST(LineDistance, IsOneUpToHalfAsMuchAgain) {
  EXPECT_TRUE(same_distance(100, 150));
  EXPECT_TRUE(same_distance(150, 100));
  EXPECT_FALSE(same_distance(100, 151));
  EXPECT_FALSE(same_distance(151, 100));
}

}  // namespace
}  // namespace ipcbench
