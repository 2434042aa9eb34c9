#include "results/statistics/pooled_quantiles.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace ipcbench {
namespace {

constexpr std::array kTail{0.9, 0.99};

// 900 samples of 100 ns and 100 of 200 ns: the 900th is 100, the 990th 200. Catches a mean of the launches'
// own percentiles, which would be 100 and 100 or 200 and 200.
TEST(PooledQuantiles, CountEverySampleOnce) {
  const LaunchHistogram fast{{100, 900}};
  const LaunchHistogram slow{{200, 100}};
  const auto tail = pooled_quantiles({&fast, &slow}, kTail);
  EXPECT_EQ(tail[0].value, 100);
  EXPECT_EQ(tail[1].value, 200);
}

// Catches a bootstrap over samples, which would say that the difference between launches is nothing: each
// launch is drawn alone in a quarter of the draws of two.
TEST(PooledQuantiles, TheIntervalIsOverLaunches) {
  const LaunchHistogram fast{{100, 100'000}};
  const LaunchHistogram slow{{200, 100'000}};
  const auto tail = pooled_quantiles({&fast, &slow}, kTail);
  EXPECT_EQ(tail[1].low, 100);
  EXPECT_EQ(tail[1].high, 200);
}

TEST(PooledQuantiles, OneLaunchHasNoInterval) {
  const LaunchHistogram only{{100, 98}, {150, 1}, {900, 1}};
  const auto tail = pooled_quantiles({&only}, kTail);
  EXPECT_EQ(tail[1].value, 150);
  EXPECT_EQ(tail[1].low, 150);
  EXPECT_EQ(tail[1].high, 150);
}

TEST(PooledQuantiles, ALaunchWithoutSamplesAddsNothing) {
  const LaunchHistogram none;
  const LaunchHistogram some{{100, 10}};
  EXPECT_EQ(pooled_quantiles({&none, &some}, kTail)[0].low, 100);
  EXPECT_THROW(pooled_quantiles({&none}, kTail), std::invalid_argument);
}

}  // namespace
}  // namespace ipcbench
