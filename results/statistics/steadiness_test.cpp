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

// A wobble of 2 % that belongs to no place, so that nothing is level for the wrong reason.
double wobbling(std::size_t i) { return 1000 * (1 + 0.01 * std::sin(static_cast<double>(7 * i))); }

TEST(IsSteady, OneLevelIs) { EXPECT_EQ(is_steady(windows_of(32, wobbling)), true); }

// 20 % slower from the 20th window on, and faster: catches a test that looks one way only.
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

// Thirds of three windows cannot be sure (2 of 20 orders), and all nine in order are (2 of 9!). Catches a
// test for a trend that has no say.
TEST(IsSteady, ASlopeOfFewWindowsIsNot) {
  EXPECT_EQ(is_steady(windows_of(9, [](std::size_t i) { return 1000 + 20 * static_cast<double>(i); })),
            false);
}

// The first nine windows are warm-up that went on.
TEST(IsSteady, ALongWarmUpIsNot) {
  EXPECT_EQ(is_steady(windows_of(32, [](std::size_t i) { return wobbling(i) * (i < 9 ? 2 : 1); })), false);
}

// 3 % over the launch are sure, and too little to matter: catches a launch thrown into doubt by what no
// comparison would count.
TEST(IsSteady, WhatDoesNotMatterIs) {
  const auto windows =
      windows_of(32, [](std::size_t i) { return 1000 * (1 + 0.001 * static_cast<double>(i)); });
  EXPECT_LT(drift_of(windows).value().trend.p, 1e-6);
  EXPECT_EQ(is_steady(windows), true);
}

// One window in which something else ran, wherever it is.
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
  EXPECT_FALSE(is_steady(windows_of(kMostWindows + 1, wobbling)));
}

// Catches a division by no messages, and a level of zero where nothing arrived.
TEST(IsSteady, SkipsWindowsWithoutMessagesOrTime) {
  std::vector<Window> windows = windows_of(12, wobbling);
  windows.insert(windows.begin() + 4, {0, 500'000});
  windows.push_back({5, 0});
  EXPECT_EQ(window_times_ns(windows).size(), 12U);
  EXPECT_EQ(is_steady(windows), true);
  EXPECT_FALSE(is_steady(std::vector<Window>(32, Window{0, 1000})));
}

// 1000 to 1031 in order: the thirds are 1000..1009 and 1022..1031, all 200 pairs ascend, so p is 2 / C(20,
// 10); of all 32! orders one has no inversion. The medians of the thirds are 1004.5 and 1026.5.
TEST(DriftOf, GivesEachTestsFinding) {
  const Drift drift =
      drift_of(windows_of(32, [](std::size_t i) { return 1000 + static_cast<double>(i); })).value();
  EXPECT_DOUBLE_EQ(drift.thirds.p, 2.0 / 184'756);
  EXPECT_DOUBLE_EQ(drift.thirds.later, 1026.5 / 1004.5);
  EXPECT_NEAR(drift.trend.p / (2 / std::tgamma(33)), 1, 1e-9);
  EXPECT_NEAR(drift.trend.later, 1.031, 0.001);
  EXPECT_NEAR(drift.step.later, 1023.5 / 1007.5, 1e-12);
}

// What the levels promise: of 4000 launches with independent noise at most 1 % are called unsteady, 40; twice
// as many are the bound, ten standard deviations away from half a per cent. Noise of 30 %, so that a
// difference that is significant matters too, Gaussian in the logarithm and exponential. The seed is fixed.
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
    EXPECT_LE(unsteady, 80) << count << " windows";
  }
}

}  // namespace
}  // namespace ipcbench
