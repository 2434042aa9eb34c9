#include "harness/loops/control_block.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

// Catches a barrier that lets one side run ahead: both see the same release time, round after round.
TEST(Barrier, KeepsBothSidesInStep) {
  Barrier barrier;
  constexpr int kRounds = 2000;
  std::vector<std::uint64_t> theirs(kRounds);
  std::thread other([&] {
    for (auto& time : theirs) time = barrier.arrive_and_wait();
  });
  std::uint64_t before = 0;
  int out_of_step = 0;
  std::vector<std::uint64_t> ours(kRounds);
  for (auto& time : ours) {
    time = barrier.arrive_and_wait();
    if (time < before) ++out_of_step;
    before = time;
  }
  other.join();
  EXPECT_EQ(ours, theirs);
  EXPECT_EQ(out_of_step, 0);
}

// Catches a barrier that releases when only two of several ends have arrived.
TEST(Barrier, WaitsForAllParties) {
  Barrier barrier;
  barrier.set_parties(5);
  std::atomic<int> arrived{0};
  std::atomic<int> early{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      for (int round = 1; round <= 200; ++round) {
        ++arrived;
        barrier.arrive_and_wait();
        if (arrived < 5 * round) ++early;
        barrier.arrive_and_wait();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(early, 0);
}

TEST(Ends, HaveAPlaceOfTheirOwn) {
  Job job;
  job.producers = 3;
  const std::vector<EndId> ends = ends_of(job);
  ASSERT_EQ(ends.size(), 4U);
  for (std::size_t i = 0; i < ends.size(); ++i) EXPECT_EQ(place_of(ends[i]), i);
  EXPECT_EQ(name_of(ends[2], 3), "producer 2");
  EXPECT_EQ(name_of(ends[1], 1), "consumer");
}

TEST(SharedControl, IsSeenByAForkedChild) {
  SharedControl control;
  Child child = fork_child(0, [&] { control->side(Side::consumer).messages = 42; });
  EXPECT_EQ(child.reap().code, 0);
  EXPECT_EQ(control->side(Side::consumer).messages, 42U);
}

TEST(SharedText, CutsWhatIsTooLong) {
  SharedText<4> text;
  text.assign("abcdef");
  EXPECT_EQ(text.str(), "abcd");
  text.assign("x");
  EXPECT_EQ(text.str(), "x");
}

// Catches an end that dies of SIGBUS because the memory it maps is shorter than a control block.
TEST(SharedControl, WhatIsNoControlBlockIsRefused) {
  const int short_file = memfd_create("short", MFD_CLOEXEC);
  ASSERT_GE(short_file, 0);
  EXPECT_THROW(SharedControl{short_file}, KernelError);
  EXPECT_THROW(SharedControl{-1}, KernelError);
  close(short_file);
}

}  // namespace
}  // namespace ipcbench
