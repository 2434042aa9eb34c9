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

}  // namespace
}  // namespace ipcbench
