#include "harness/loops/streaming.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

constexpr std::uint64_t kBegin = 5'000'000'000;

TEST(Schedule, ConstantArrivalsAreEvenlySpaced) {
  Schedule schedule(kBegin, 4000, Arrivals::constant, 1);
  EXPECT_EQ(schedule.next_ns(), kBegin);
  EXPECT_EQ(schedule.next_ns(), kBegin + 250'000);
  EXPECT_EQ(schedule.next_ns(), kBegin + 500'000);
}

// Catches a rate that is rounded to a whole number of nanoseconds: 3 million a second are 333.3 ns apart.
TEST(Schedule, DoesNotDrift) {
  Schedule schedule(kBegin, 3e6, Arrivals::constant, 1);
  for (int i = 0; i < 3'000'000; ++i) schedule.next_ns();
  EXPECT_NEAR(static_cast<double>(schedule.next_ns() - kBegin), 1e9, 1000);
}

// Catches two ends that disagree about when a message was due.
TEST(Schedule, IsTheSameForTheSameSeed) {
  Schedule ours(kBegin, 1000, Arrivals::poisson, 7);
  Schedule theirs(kBegin, 1000, Arrivals::poisson, 7);
  Schedule other(kBegin, 1000, Arrivals::poisson, 8);
  std::uint64_t same = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t due_ns = ours.next_ns();
    EXPECT_EQ(due_ns, theirs.next_ns());
    same += due_ns == other.next_ns() ? 1U : 0U;
  }
  EXPECT_LE(same, 1U);  // the first is due at the beginning, whatever the seed
}

// An exponential distribution has a standard deviation as large as its mean, and 1/e of it beyond the mean.
// With 100,000 intervals the sampling error of all three is below 1 %. The seed is fixed.
TEST(Schedule, PoissonArrivalsHaveExponentialIntervals) {
  Schedule schedule(0, 1e6, Arrivals::poisson, 42);
  constexpr int kIntervals = 100'000;
  double sum = 0;
  double squares = 0;
  int beyond_mean = 0;
  std::uint64_t before = schedule.next_ns();
  for (int i = 0; i < kIntervals; ++i) {
    const std::uint64_t now = schedule.next_ns();
    ASSERT_GE(now, before);
    const auto interval = static_cast<double>(now - before);
    sum += interval;
    squares += interval * interval;
    beyond_mean += interval > 1000 ? 1 : 0;
    before = now;
  }
  const double mean = sum / kIntervals;
  EXPECT_NEAR(mean, 1000, 20);
  EXPECT_NEAR(std::sqrt(squares / kIntervals - mean * mean), 1000, 20);
  EXPECT_NEAR(static_cast<double>(beyond_mean) / kIntervals, 0.3679, 0.01);
}

}  // namespace
}  // namespace ipcbench
