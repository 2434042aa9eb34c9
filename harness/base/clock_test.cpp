#include "harness/base/clock.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <ctime>
#include <thread>

namespace ipcbench {
namespace {

std::uint64_t reference_ns(clockid_t id) {
  timespec time;
  clock_gettime(id, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1000000000U + static_cast<std::uint64_t>(time.tv_nsec);
}

// Catches: a wrong clock or a wrong factor. The reading must lie between two readings of the right clock.
TEST(ClockTest, NowIsTheMonotonicClockInNanoseconds) {
  const std::uint64_t before = reference_ns(CLOCK_MONOTONIC);
  const std::uint64_t now = now_ns();
  const std::uint64_t after = reference_ns(CLOCK_MONOTONIC);
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

// Catches: CPU time of the whole process instead of the thread's, or a wall clock.
TEST(ClockTest, ThreadCpuTimeIsTheCallingThreadsOwn) {
  std::thread([] {
    while (reference_ns(CLOCK_THREAD_CPUTIME_ID) < 1'000'000) {
    }
  }).join();
  const std::uint64_t before = reference_ns(CLOCK_THREAD_CPUTIME_ID);
  const std::uint64_t cpu = thread_cpu_ns();
  const std::uint64_t after = reference_ns(CLOCK_THREAD_CPUTIME_ID);
  EXPECT_LE(before, cpu);
  EXPECT_LE(cpu, after);
}

// Catches: figures never filled in, and a step of zero. No upper limit: that would test the machine.
TEST(ClockTest, CostAndResolutionArePositive) {
  const ClockFacts facts = measure_clock();
  EXPECT_GT(facts.cost_ns, 0);
  EXPECT_GE(facts.resolution_ns, 1);
}

// Readings 20, 30, 50 ns apart come from a clock that steps by 10. Catches the smallest difference taken for
// the step.
TEST(CommonStep, IsTheGreatestCommonDivisor) {
  EXPECT_EQ(common_step_ns({20, 30, 20, 50}), 10U);
  EXPECT_EQ(common_step_ns({25, 26, 27, 25, 31}), 1U);
  EXPECT_EQ(common_step_ns({4'000'000, 4'000'000, 8'000'000}), 4'000'000U);
  EXPECT_EQ(common_step_ns({7}), 7U);
}

// Catches a clock that is slewed, whose steps of 10.02 ns are now and then rounded to 11, being taken for one
// that steps by 1.
TEST(CommonStep, OfASlewedClockIsRounded) {
  std::vector<std::uint64_t> differences_ns(60, 30);
  differences_ns.resize(90, 20);
  differences_ns.resize(100, 31);
  EXPECT_EQ(common_step_ns(differences_ns), 10U);
}

// 26 is no multiple of 10, but of 2.
TEST(CommonStep, OverlooksOneInAHundred) {
  std::vector<std::uint64_t> differences_ns(60, 20);
  differences_ns.resize(99, 30);
  differences_ns.push_back(26);
  EXPECT_EQ(common_step_ns(differences_ns), 10U);
  differences_ns.push_back(26);
  EXPECT_EQ(common_step_ns(differences_ns), 2U);
}

}  // namespace
}  // namespace ipcbench
