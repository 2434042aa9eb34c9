#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/host/environment.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Level = Doubt::Level;

struct Case {
  const char* what;
  std::vector<Fact> facts;
  Level level = Level::info;
  const char* text = "";  // part of the one doubt; unused if none is expected
};

class RaisedTest : public ::testing::TestWithParam<Case> {};
class NotRaisedTest : public ::testing::TestWithParam<Case> {};

// Catches: a rule that is silent, has the wrong level or hides the value; missing advice.
TEST_P(RaisedTest, OneDoubtOfTheRightLevelThatNamesTheValue) {
  const auto doubts = host_doubts(GetParam().facts);
  ASSERT_THAT(doubts, ElementsAre(AllOf(Field(&Doubt::level, GetParam().level),
                                        Field(&Doubt::what, HasSubstr(GetParam().text)))))
      << GetParam().what;
  EXPECT_TRUE(doubts[0].what.ends_with('.'));
  EXPECT_TRUE(doubts[0].advice.ends_with('.'));
}

// Catches: warnings without a reason.
TEST_P(NotRaisedTest, NoDoubt) { EXPECT_THAT(host_doubts(GetParam().facts), IsEmpty()) << GetParam().what; }

INSTANTIATE_TEST_SUITE_P(
    HostDoubts, RaisedTest,
    ::testing::Values(
        Case{
            "sanitizers", {{"build_sanitizers", "address, undefined"}}, Level::invalid, "address, undefined"},
        Case{"debug build", {{"build_type", "debug"}}, Level::invalid, "without optimisation"},
        Case{"slow clock", {{"clock_source", "hpet"}}, Level::warn, "hpet"},
        Case{"governor", {{"cpu_governor", "schedutil"}}, Level::warn, "schedutil"},
        Case{"mixed governors", {{"cpu_governor", "performance, powersave"}}, Level::warn, "powersave"},
        Case{"battery", {{"power_supply", "battery"}}, Level::warn, "battery"},
        Case{"half a CPU", {{"cgroup_cpus", "0.50"}, {"allowed_cpus", "0-7"}}, Level::warn, "0.50 CPUs"},
        Case{"less than a pair", {{"cgroup_cpus", "1.90"}}, Level::warn, "1.90 CPUs"},
        Case{"ample quota", {{"cgroup_cpus", "4.00"}, {"allowed_cpus", "0-7"}}, Level::info, "4.00 CPUs"},
        Case{"nice", {{"nice", "5"}}, Level::warn, "nice 5"},
        Case{"batch", {{"scheduling_policy", "batch"}}, Level::warn, "batch"},
        Case{"virtual machine", {{"virtual_machine", "xen"}}, Level::info, "xen"},
        Case{"container", {{"container", "docker"}}, Level::info, "docker"},
        Case{"SMT", {{"smt_active", "1"}}, Level::info, "multithreading"},
        Case{"turbo", {{"turbo", "on"}}, Level::info, "Turbo"},
        Case{"deep sleep", {{"idle_exit_us_max", "133"}}, Level::info, "133 us"},
        Case{"affinity", {{"allowed_cpus", "2-3"}, {"cpus_online", "0-3"}}, Level::info, "2-3"},
        Case{"one CPU", {{"allowed_cpus", "0"}, {"cpus_online", "0"}}, Level::info, "one CPU 0"},
        Case{"NUMA", {{"kernel_numa_balancing", "1"}, {"numa_nodes", "0-1"}}, Level::info, "NUMA"}));

INSTANTIATE_TEST_SUITE_P(
    HostDoubts, NotRaisedTest,
    ::testing::Values(
        Case{"nothing known", {}}, Case{"release", {{"build_type", "release"}}},
        Case{"good clocks", {{"clock_source", "tsc"}}},
        Case{"a virtual machine's clock is read without a system call", {{"clock_source", "kvm-clock"}}},
        Case{"performance", {{"cpu_governor", "performance"}}}, Case{"mains", {{"power_supply", "mains"}}},
        Case{"nice 0", {{"nice", "0"}}}, Case{"nice below 0", {{"nice", "-5"}}},
        Case{"policy", {{"scheduling_policy", "other"}}}, Case{"SMT off", {{"smt_active", "0"}}},
        Case{"turbo off", {{"turbo", "off"}}}, Case{"light sleep", {{"idle_exit_us_max", "2"}}},
        Case{"all CPUs", {{"allowed_cpus", "0-3"}, {"cpus_online", "0-3"}}},
        Case{"no list", {{"allowed_cpus", "?"}, {"cpus_online", "?"}}},
        Case{"one node", {{"kernel_numa_balancing", "1"}, {"numa_nodes", "0"}}},
        Case{"balancing off", {{"kernel_numa_balancing", "0"}, {"numa_nodes", "0-1"}}}));

// A quota of one CPU is enough if there is only one.
TEST(HostDoubtsTest, QuotaIsComparedWithWhatAPairCanUse) {
  const auto doubts = host_doubts({{"cgroup_cpus", "1.00"}, {"allowed_cpus", "3"}});
  EXPECT_THAT(doubts, ElementsAre(Field(&Doubt::level, Level::info), Field(&Doubt::level, Level::info)));
}

TEST(PlacementDoubtsTest, UnpinnedAloneIsWorseThanBesidePinned) {
  const Placement pinned{Cpus::same, 0, 0};
  const Placement unpinned{Cpus::free, {}, {}};
  EXPECT_THAT(placement_doubts({pinned}), IsEmpty());
  EXPECT_THAT(placement_doubts({}), IsEmpty());
  EXPECT_THAT(placement_doubts({pinned, unpinned}), ElementsAre(Field(&Doubt::level, Level::info)));
  EXPECT_THAT(placement_doubts({unpinned}), ElementsAre(Field(&Doubt::level, Level::warn)));
}

}  // namespace
}  // namespace ipcbench
