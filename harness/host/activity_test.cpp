#include "harness/host/activity.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Level = Doubt::Level;

constexpr std::uint64_t kSecondNs = 1'000'000'000;

// 100 s on two CPUs with 10,000 ticks each, half of them busy, and all of that ours.
struct Measured {
  HostActivity before;
  HostActivity after;

  Measured() {
    after.time_ns = 100 * kSecondNs;
    after.total_ticks = 20'000;
    after.busy_ticks = 10'000;
    after.own_cpu_ns = 10'000 * kSecondNs / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    before.clock_source = after.clock_source = "tsc";
  }
  [[nodiscard]] std::vector<Doubt> doubts() const { return activity_doubts(before, after); }
};

auto one_doubt(Level level, const std::string& text) {
  return ElementsAre(AllOf(Field(&Doubt::level, level), Field(&Doubt::what, HasSubstr(text))));
}

TEST(ActivityDoubtsTest, OwnLoadIsNoDoubt) { EXPECT_THAT(Measured().doubts(), IsEmpty()); }

// 20,000 ticks: 0.1 % are 20, 1 % are 200.
TEST(ActivityDoubtsTest, StealTime) {
  Measured run;
  run.after.steal_ticks = 20;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.steal_ticks = 21;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "0.10 %"));
  run.after.steal_ticks = 200;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "1.00 %"));
  run.after.steal_ticks = 201;
  EXPECT_THAT(run.doubts(), one_doubt(Level::invalid, "steal time"));
  // Catches: steal time counted since the machine was started.
  run.before.steal_ticks = 201;
  EXPECT_THAT(run.doubts(), IsEmpty());
}

// Catches: a warning because of a single tick in a short run. 4 of 400 ticks are 1 %.
TEST(ActivityDoubtsTest, FewTicksOfAShortRunProveNothing) {
  Measured run;
  run.after.total_ticks = 300;
  run.after.steal_ticks = 4;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.steal_ticks = 5;
  EXPECT_THAT(run.doubts(), one_doubt(Level::invalid, "steal time"));
}

// 3 % of 20,000 ticks are 600, 10 % are 2,000.
TEST(ActivityDoubtsTest, ForeignLoad) {
  Measured run;
  run.after.busy_ticks = 10'600;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.busy_ticks = 10'700;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "3.5 %"));
  run.after.busy_ticks = 12'100;
  EXPECT_THAT(run.doubts(), one_doubt(Level::invalid, "10.5 %"));
  // Catches: a huge number if our time exceeds that of the watched CPUs (unpinned ends).
  run.after.busy_ticks = 5'000;
  EXPECT_THAT(run.doubts(), IsEmpty());
}

// Our CPU time is 10,000 ticks: 1 % are 100, 3 % are 300. Catches a doubt where threads were charged for the
// softirqs, and none where they were not.
TEST(ActivityDoubtsTest, SoftirqsThatNoThreadIsChargedFor) {
  Measured run;
  run.after.irq_time_accounting = true;
  run.after.softirq_ticks = 100;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.softirq_ticks = 150;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "spent 1.5 % of this run's CPU time again in softirqs"));
  run.after.irq_time_accounting = false;
  EXPECT_THAT(run.doubts(), IsEmpty());
  // Without a configuration, the CPU time of the threads shows it.
  run.after.irq_time_accounting.reset();
  run.after.softirq_ticks = 300;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.softirq_ticks = 400;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "spent 4.0 %"));
  run.after.busy_ticks -= 400;
  EXPECT_THAT(run.doubts(), IsEmpty());
}

// Catches the load of other programs that passes for softirqs.
TEST(ActivityDoubtsTest, SoftirqsBesideForeignLoad) {
  Measured run;
  run.after.softirq_ticks = 400;
  run.after.busy_ticks = 10'300;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.irq_time_accounting = true;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "spent 4.0 %"));
}

TEST(ActivityDoubtsTest, Throttling) {
  Measured run;
  run.before.throttled_periods = run.after.throttled_periods = 5;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.throttled_periods = 8;
  run.after.throttled_ns = 2'500'000;
  EXPECT_THAT(run.doubts(), one_doubt(Level::invalid, "ran out 3 times and suspended the run for 2.5 ms"));
}

TEST(ActivityDoubtsTest, Heat) {
  Measured run;
  run.after.thermal_events = 2;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "slowed down 2 times"));
}

// 1 % of 100 s is 1,000,000 us.
TEST(ActivityDoubtsTest, MemoryPressure) {
  Measured run;
  run.before.memory_pressure_us = 500;
  run.after.memory_pressure_us = 1'000'500;
  EXPECT_THAT(run.doubts(), IsEmpty());
  run.after.memory_pressure_us = 5'000'500;
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "5.0 % of the run"));
}

TEST(ActivityDoubtsTest, ClockSource) {
  Measured run;
  run.after.clock_source = "hpet";
  EXPECT_THAT(run.doubts(), one_doubt(Level::warn, "from tsc to hpet"));
}

// Catches: huge differences after counters went back.
TEST(ActivityDoubtsTest, CountersThatWentBack) {
  Measured run;
  std::swap(run.before, run.after);
  EXPECT_THAT(run.doubts(), IsEmpty());
}

TEST(ActivityFactsTest, ArePercentagesOfTheRun) {
  Measured run;
  run.after.steal_ticks = 50;
  run.after.softirq_ticks = 20;
  run.before.cpu_pressure_us = 0;
  run.after.cpu_pressure_us = 30'000'000;
  run.before.load_average = 0.5;
  std::string text;
  for (const Fact& fact : activity_facts(run.before, run.after)) text += fact.name + "=" + fact.value + " ";
  EXPECT_EQ(text,
            "run_steal_percent=0.25 run_foreign_load_percent=0.00 run_softirq_percent=0.10 "
            "run_cpu_pressure_percent=30.00 "
            "run_load_average_before=0.50 run_throttled_periods=0 run_thermal_events=0 ");
}

// Catches: mixed-up columns of /proc/stat, and CPUs that count although they are not watched.
TEST(ReadActivityTest, AddsTheWatchedCpus) {
  FakeHost host;
  host.write("proc/stat",
             "cpu  9 9 9 9 9 9 9 9 9 9\n"
             "cpu0 1 2 3 40 50 60 70 8 100 100\n"
             "cpu1 1000 0 0 0 0 0 0 0 0 0\n"
             "cpu10 10 20 30 400 500 600 700 80 0 0");
  host.write("proc/pressure/memory", "some avg10=0.09 avg60=0.30 avg300=0.25 total=5241501\nfull total=7");
  host.write("proc/loadavg", "0.31 0.14 0.04 1/85 5343");
  host.write("sys/devices/system/cpu/cpu10/thermal_throttle/core_throttle_count", "3");
  host.write("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "99");
  host.write("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");
  host.write("proc/self/cgroup", "0::/");
  host.write("sys/fs/cgroup/cpu.stat", "nr_throttled 4\nthrottled_usec 6");
  const HostActivity activity = read_host_activity({0, 10}, host.root());
  EXPECT_EQ(activity.busy_ticks, 6U + 60);
  EXPECT_EQ(activity.softirq_ticks, 770U);
  EXPECT_EQ(activity.steal_ticks, 88U);
  EXPECT_EQ(activity.total_ticks, 234U + 2340);
  EXPECT_EQ(activity.memory_pressure_us, 5241501U);
  EXPECT_EQ(activity.cpu_pressure_us, std::nullopt);
  EXPECT_EQ(activity.load_average, 0.31);
  EXPECT_EQ(activity.thermal_events, 3U);
  EXPECT_EQ(activity.throttled_periods, 4U);
  EXPECT_EQ(activity.throttled_ns, 6000U);
  EXPECT_EQ(activity.clock_source, "tsc");
}

// Catches: an option taken for another, an absent configuration for one without the option, and a file from
// elsewhere.
TEST(ReadActivityTest, KnowsWhereTimeOfInterruptsGoes) {
  FakeHost host;
  const auto accounting = [&] { return read_host_activity({}, host.root()).irq_time_accounting; };
  EXPECT_EQ(accounting(), std::nullopt);
  host.write("proc/sys/kernel/osrelease", "6.1.0-18-amd64");
  host.write("boot/config-6.1.0-18-amd64", "CONFIG_HZ=250\nCONFIG_IRQ_TIME_ACCOUNTING=y");
  EXPECT_EQ(accounting(), true);
  host.write("boot/config-6.1.0-18-amd64",
             "CONFIG_HZ=250\n# CONFIG_IRQ_TIME_ACCOUNTING is not set\nCONFIG_HAVE_IRQ_TIME_ACCOUNTING=y");
  EXPECT_EQ(accounting(), false);
  host.write("boot/config-6.1.0-18-amd64", "not a configuration");
  EXPECT_EQ(accounting(), std::nullopt);
  host.write("elsewhere", "CONFIG_HZ=250\nCONFIG_IRQ_TIME_ACCOUNTING=y");
  host.write("boot/config-/x", "");
  host.write("proc/sys/kernel/osrelease", "/../../elsewhere");
  EXPECT_EQ(accounting(), std::nullopt);
}

// Catches: a crash or a false warning if the host says nothing.
TEST(ReadActivityTest, SurvivesAnEmptyRoot) {
  const FakeHost host;
  const HostActivity before = read_host_activity({0, 1}, host.root());
  const HostActivity after = read_host_activity({0, 1}, host.root());
  EXPECT_EQ(before.total_ticks, 0U);
  EXPECT_THAT(activity_doubts(before, after), IsEmpty());
}

// Catches: counters of a container that add up to more than a signed number holds.
TEST(ReadActivityTest, AbsurdCountersAddUp) {
  FakeHost host;
  for (const char* cpu : {"cpu0", "cpu1", "cpu2"}) {
    host.write(fmt::format("sys/devices/system/cpu/{}/thermal_throttle/core_throttle_count", cpu),
               "9223372036854775807");
  }
  EXPECT_EQ(read_host_activity({0, 1}, host.root()).thermal_events, 18446744073709551614U);
}

}  // namespace
}  // namespace ipcbench
