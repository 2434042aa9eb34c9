#include "harness/host/run_delay.hpp"

#include <gtest/gtest.h>

#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

constexpr const char* kSchedstat = "proc/thread-self/schedstat";

// Catches the time on the CPU, or the number of turns, in place of the wait.
TEST(RunDelay, IsTheSecondField) {
  FakeHost host;
  host.write(kSchedstat, "5000000 1200300 7");
  EXPECT_EQ(RunDelay(host.root()).so_far_ns(), 1'200'300U);
}

// Catches a kernel that counts nothing being taken for a machine without any wait.
TEST(RunDelay, IsUnknownWhereNothingIsCounted) {
  FakeHost host;
  EXPECT_EQ(RunDelay(host.root()).so_far_ns(), std::nullopt);
  host.write(kSchedstat, "0 0 0");
  EXPECT_EQ(RunDelay(host.root()).so_far_ns(), std::nullopt);
  host.write(kSchedstat, "");
  EXPECT_EQ(RunDelay(host.root()).so_far_ns(), std::nullopt);
}

// Catches a reading that stays at the file's end, or a count of the whole process.
TEST(RunDelay, CanBeReadAgain) {
  const RunDelay delay;
  const auto first = delay.so_far_ns();
  if (!first) GTEST_SKIP() << "this kernel does not count run delay";
  const auto second = delay.so_far_ns();
  ASSERT_TRUE(second);
  EXPECT_GE(*second, *first);
}

}  // namespace
}  // namespace ipcbench
