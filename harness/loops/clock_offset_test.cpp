#include "harness/loops/clock_offset.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace ipcbench {
namespace {

// Asked at 100, heard at 140. A clock that reads 120 in between may be 20 ahead (if it was read at once) to
// 20 behind (if it was read last).
TEST(ClockOffset, BoundsByWhatComesBeforeWhat) {
  EXPECT_EQ(offset_bounds(100, 120, 140), (ClockOffset{-20, 20}));
  EXPECT_EQ(offset_bounds(100, 1120, 140), (ClockOffset{980, 1020}));  // about 1000 ahead
  EXPECT_EQ(offset_bounds(1100, 120, 1140), (ClockOffset{-1020, -980}));
}

TEST(ClockOffset, TakesTheTightestOfSeveral) {
  EXPECT_EQ(intersection({-20, 20}, {-5, 40}), (ClockOffset{-5, 20}));
}

ClockOffset offset_of_one_clock(bool shares_cpu) {
  ClockExchange exchange;
  std::thread other([&] { answer_clock(exchange, shares_cpu); });
  const ClockOffset offset = ask_clock(exchange, shares_cpu);
  other.join();
  return offset;
}

// Catches an exchange that hangs, or bounds that exclude 0 although two threads of one process read the same
// clock, whether or not the ends know that they share a CPU.
TEST(ClockOffset, OfOneClockIncludesZero) {
  for (const bool shares_cpu : {false, true}) {
    const ClockOffset offset = offset_of_one_clock(shares_cpu);
    EXPECT_LE(offset.low_ns, 0) << shares_cpu;
    EXPECT_GE(offset.high_ns, 0) << shares_cpu;
  }
}

}  // namespace
}  // namespace ipcbench
