#include "harness/host/counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The places of kCounters.
constexpr std::size_t kSystemCalls = 0;
constexpr std::size_t kCycles = 1;

// A host whose kernel counts what the test says, or refuses.
class CountersTest : public ::testing::Test {
 protected:
  CountersTest() {
    host_.write("sys/kernel/tracing/events/raw_syscalls/sys_enter/id", "348");
    host_.write("proc/sys/kernel/perf_event_paranoid", "3");
  }

  // A counter that reads like this: the value, and for how long it was on and counted.
  static int counter(std::uint64_t value, std::uint64_t enabled_ns, std::uint64_t running_ns) {
    PipeEnds pipe = make_pipe();
    const std::uint64_t reading[] = {value, enabled_ns, running_ns};
    EXPECT_EQ(write(pipe.write.get(), reading, sizeof reading), static_cast<ssize_t>(sizeof reading));
    return pipe.read.release();
  }

  Counted counted(const OpenCounter& open) const { return Counters(open, host_.root()).counted(); }

  FakeHost host_;
};

// Catches a missing count that is reported as 0, or without its remedy.
TEST_F(CountersTest, WhatIsRefusedIsMissingWithTheRemedy) {
  const Counted counted = this->counted([](perf_event_attr&) { return -EACCES; });
  EXPECT_EQ(counted.counts, SideCounts{});
  EXPECT_THAT(counted.missing, Each(AllOf(HasSubstr("perf_event_paranoid is 3"), HasSubstr("sysctl"))));
}

TEST_F(CountersTest, AVirtualMachineHasSystemCallsOnly) {
  const Counted counted = this->counted([](perf_event_attr& event) {
    if (event.type == PERF_TYPE_HARDWARE) return -ENOENT;
    EXPECT_EQ(event.config, 348U);
    return counter(201, 1000, 1000);
  });
  EXPECT_EQ(counted.counts.system_calls, 200U);  // without the one that stopped the counter
  EXPECT_THAT(counted.missing[kSystemCalls], IsEmpty());
  EXPECT_EQ(counted.counts.cycles, std::nullopt);
  EXPECT_THAT(counted.missing[kCycles], HasSubstr("virtual machines"));
}

// Catches a count of a part of the phase that passes for the whole, and one that was never on for 0.
TEST_F(CountersTest, ASharedCounterIsMissing) {
  std::uint64_t enabled_ns = 1000;
  const auto open = [&](perf_event_attr&) { return counter(77, enabled_ns, 630); };
  EXPECT_EQ(counted(open).counts, SideCounts{});
  EXPECT_THAT(counted(open).missing[kCycles], HasSubstr("63 % of the time"));
  enabled_ns = 0;
  EXPECT_THAT(counted(open).missing[kCycles], HasSubstr("never switched"));
  enabled_ns = 630;
  EXPECT_EQ(counted(open).counts.cycles, 77U);
}

// Catches counters that go on in children, leave out the kernel, or count from the start.
TEST_F(CountersTest, CountTheThreadAloneInTheKernelToo) {
  std::vector<perf_event_attr> opened;
  static_cast<void>(counted([&](perf_event_attr& event) {
    opened.push_back(event);
    return -ENOENT;
  }));
  ASSERT_EQ(opened.size(), kCounters.size());
  for (const perf_event_attr& event : opened) {
    EXPECT_TRUE(event.disabled && !event.inherit && !event.exclude_kernel && !event.exclude_user);
  }
}

TEST_F(CountersTest, SaysHowToMountWhatIsMissing) {
  const FakeHost bare;
  const auto open = [](perf_event_attr& event) {
    EXPECT_NE(event.type, static_cast<std::uint32_t>(PERF_TYPE_TRACEPOINT));
    return -ENOENT;
  };
  EXPECT_THAT(Counters(open, bare.root()).counted().missing[kSystemCalls], HasSubstr("mount -t tracefs"));
}

// The kernel itself. Catches counters that also count before and after, or the calls that switch them.
TEST(RealCounters, CountTheCallsBetweenStartAndStop) {
  const Counters counters;
  for (int i = 0; i < 5; ++i) syscall(SYS_getppid);
  Counters::start();
  for (int i = 0; i < 100; ++i) syscall(SYS_getppid);
  Counters::stop();
  for (int i = 0; i < 5; ++i) syscall(SYS_getppid);
  const Counted counted = counters.counted();
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    EXPECT_NE((counted.counts.*kCounters[i].count).has_value(), !counted.missing[i].empty())
        << kCounters[i].name;
  }
  if (!counted.counts.system_calls) GTEST_SKIP() << counted.missing[kSystemCalls];
  EXPECT_EQ(counted.counts.system_calls, 100U);
}

}  // namespace
}  // namespace ipcbench
