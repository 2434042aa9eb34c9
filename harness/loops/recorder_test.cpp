#include "harness/loops/recorder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace ipcbench {
namespace {

// Catches extremes that are swapped, a sum of the last sample only, and samples that are not recorded as
// given.
TEST(Recorder, KeepsExtremesSumAndEverySample) {
  const auto samples = std::make_unique<Samples>();
  {
    Recorder recorder(*samples);
    for (const std::uint64_t ns : {70U, 50U, 90U, 50U}) recorder.record(ns);
  }
  EXPECT_EQ(samples->min_ns, 50U);
  EXPECT_EQ(samples->max_ns, 90U);
  EXPECT_EQ(samples->sum_ns, 260U);
  EXPECT_EQ(samples->histogram.buckets(), (std::vector<HistogramBucket>{{50, 2}, {70, 1}, {90, 1}}));
}

// Catches a difference below 0 that wraps around to centuries.
TEST(Recorder, TakesClocksThatDisagreeForNoTime) {
  const auto samples = std::make_unique<Samples>();
  {
    Recorder recorder(*samples);
    recorder.record_between(1000, 999);
    recorder.record_between(1000, 1040);
  }
  EXPECT_EQ(samples->min_ns, 0U);
  EXPECT_EQ(samples->sum_ns, 40U);
}

// Catches messages or time that are lost once all windows are in use.
TEST(Recorder, LastWindowTakesWhatIsLeft) {
  const auto control = std::make_unique<ControlBlock>();
  for (std::uint64_t i = 0; i < kWindows + 2; ++i) add_window(*control, {10, 100});
  ASSERT_EQ(control->window_count, kWindows);
  EXPECT_EQ(control->windows[kWindows - 2].messages, 10U);
  EXPECT_EQ(control->windows[kWindows - 1].messages, 30U);
  EXPECT_EQ(control->windows[kWindows - 1].elapsed_ns, 300U);
}

}  // namespace
}  // namespace ipcbench
