#include "results/statistics/steadiness.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace ipcbench {
namespace {

using TimeOfWindow = std::function<double(std::size_t)>;

// Windows of 1000 messages, each of which takes as long as `time_ns` says.
std::vector<Window> windows_of(std::size_t count, const TimeOfWindow& time_ns) {
  std::vector<Window> windows;
  windows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    windows.push_back({1000, static_cast<std::uint64_t>(1000 * time_ns(i))});
  }
  return windows;
}

// K is largest before the step, 4 * 8 = 32, so p is 2 exp(-6 * 32^2 / (12^3 + 12^2)) = 0.0751. Catches a
// place that is off by one.
TEST(ChangePoint, IsTheFirstValueAfterTheStep) {
  const ChangePoint change = change_point_of({5, 6, 5.5, 5.2, 9, 8, 8.5, 9.5, 8.2, 8.8, 9.1, 8.7});
  EXPECT_EQ(change.first_after, 4U);
  EXPECT_NEAR(change.p, 0.0751, 0.0001);
}

// Catches a limit that calls every short series changed: ten values in order, K = 25, p = 0.066; 11: 30,
// 0.0485.
TEST(ChangePoint, NeedsElevenValues) {
  std::vector<double> rising(10);
  for (std::size_t i = 0; i < rising.size(); ++i) rising[i] = static_cast<double>(i + 1);
  EXPECT_GT(change_point_of(rising).p, 0.05);
  rising.push_back(11);
  EXPECT_LT(change_point_of(rising).p, 0.05);
}

TEST(ChangePoint, EqualValuesHaveNone) { EXPECT_EQ(change_point_of({3, 3, 3, 3}).p, 1); }

// A wobble of 2 %, so that no test passes only because all windows are equal.
double wobbling(std::size_t i) { return 1000 * (1 + 0.01 * std::sin(static_cast<double>(7 * i))); }

TEST(IsSteady, OneLevelIs) { EXPECT_EQ(is_steady(windows_of(32, wobbling)), true); }

// 20 % slower, or faster, from the 20th window on. Catches a one-sided test.
TEST(IsSteady, AStepIsNot) {
  EXPECT_EQ(is_steady(windows_of(32, [](std::size_t i) { return wobbling(i) * (i < 20 ? 1 : 1.2); })), false);
  EXPECT_EQ(is_steady(windows_of(32, [](std::size_t i) { return wobbling(i) * (i < 20 ? 1 : 0.8); })), false);
}

// 0.5 % from window to window: 16 % over the launch.
TEST(IsSteady, ASlopeIsNot) {
  EXPECT_EQ(is_steady(windows_of(
                32, [](std::size_t i) { return wobbling(i) * (1 + 0.005 * static_cast<double>(i)); })),
            false);
}

// The fewest windows that can show anything, all in order: K is 8 * 8 = 64, and 2 exp(-6 * 64^2 / (16^3 +
// 16^2)) = 0.007. Catches a limit at which every launch is steady.
TEST(IsSteady, ASlopeOfFewWindowsIsNot) {
  EXPECT_EQ(
      is_steady(windows_of(kFewestWindows, [](std::size_t i) { return 1000 + 20 * static_cast<double>(i); })),
      false);
}

// Catches a test for trends only, which misses a step if three windows in four lie at one level.
TEST(IsSteady, AStepAtAQuarterIsNot) {
  for (const std::size_t at : {8U, 24U}) {
    EXPECT_EQ(is_steady(windows_of(32, [&](std::size_t i) { return wobbling(i) * (i < at ? 1 : 1.1); })),
              false);
  }
}

// The first nine windows still belong to the warm-up.
TEST(IsSteady, ALongWarmUpIsNot) {
  EXPECT_EQ(is_steady(windows_of(32, [](std::size_t i) { return wobbling(i) * (i < 9 ? 2 : 1); })), false);
}

// A slope of 3 % is certain but too small to matter. Catches a doubt about a drift that no comparison
// would count.
TEST(IsSteady, WhatDoesNotMatterIs) {
  const auto windows =
      windows_of(32, [](std::size_t i) { return 1000 * (1 + 0.001 * static_cast<double>(i)); });
  EXPECT_LT(drift_of(windows).value().p, 1e-4);
  EXPECT_EQ(is_steady(windows), true);
}

// Something else ran during one window, wherever it is.
TEST(IsSteady, OneBurstIs) {
  for (const std::size_t burst : {0U, 16U, 31U}) {
    EXPECT_EQ(is_steady(windows_of(32, [&](std::size_t i) { return wobbling(i) * (i == burst ? 10 : 1); })),
              true);
  }
}

TEST(IsSteady, OfTooFewWindowsIsUnknown) {
  EXPECT_FALSE(is_steady({}));
  EXPECT_FALSE(is_steady(windows_of(kFewestWindows - 1, wobbling)));
  EXPECT_TRUE(is_steady(windows_of(kFewestWindows, wobbling)));
}

// Catches a division by no messages, and a level of zero where nothing arrived.
TEST(IsSteady, SkipsWindowsWithoutMessagesOrTime) {
  std::vector<Window> windows = windows_of(20, wobbling);
  windows.insert(windows.begin() + 4, {0, 500'000});
  windows.push_back({5, 0});
  EXPECT_EQ(window_times_ns(windows).size(), 20U);
  EXPECT_EQ(is_steady(windows), true);
  EXPECT_FALSE(is_steady(std::vector<Window>(32, Window{0, 1000})));
}

// 1000 to 1031 in order: all 16 * 16 pairs around the middle ascend, so K is 256. The medians of the first
// and the last ten are 1004.5 and 1026.5. Two values, the higher one first: K is 256 again, and ties share
// ranks.
TEST(DriftOf, GivesSignificanceAndSize) {
  const double p = 2 * std::exp(-6.0 * 256 * 256 / (32 * 32 * 32 + 32 * 32));
  const Drift slope =
      drift_of(windows_of(32, [](std::size_t i) { return 1000 + static_cast<double>(i); })).value();
  EXPECT_NEAR(slope.p, p, 1e-12);
  EXPECT_DOUBLE_EQ(slope.later, 1026.5 / 1004.5);
  const Drift step = drift_of(windows_of(32, [](std::size_t i) { return i < 16 ? 1200 : 1000; })).value();
  EXPECT_NEAR(step.p, p, 1e-12);
  EXPECT_DOUBLE_EQ(step.later, 1000.0 / 1200);
}

// The promised level: at most 1 % of launches with independent noise are called unsteady, which is 40 of
// 4000. The noise is 30 %, so that a significant difference matters too: Gaussian in the logarithm, and
// exponential. The seed is fixed.
TEST(IsSteady, AlmostNeverDoubtsASteadyLaunch) {
  std::mt19937_64 random(20260131);
  std::normal_distribution<double> gaussian(0, 0.3);
  std::exponential_distribution<double> exponential(1);
  for (const std::size_t count : {kFewestWindows, std::size_t{20}, std::size_t{32}}) {
    int unsteady = 0;
    for (int launch = 0; launch < 2000; ++launch) {
      const auto lognormal = [&](std::size_t) { return 1000 * std::exp(gaussian(random)); };
      const auto skewed = [&](std::size_t) { return 500 + 1000 * exponential(random); };
      unsteady += is_steady(windows_of(count, lognormal)) == false;
      unsteady += is_steady(windows_of(count, skewed)) == false;
    }
    EXPECT_LE(unsteady, 40) << count << " windows";
  }
}

}  // namespace
}  // namespace ipcbench
