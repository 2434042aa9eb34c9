#include "harness/host/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

using ::testing::Each;
using ::testing::Field;
using ::testing::Not;

std::string fact(const std::vector<Fact>& facts, const std::string& name) {
  const auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.name == name; });
  return found == facts.end() ? "(absent)" : found->value;
}

// Catches: wrong paths, keys and spellings.
TEST(HostFactsTest, ReadsWhatTheHostSays) {
  FakeHost host;
  host.write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"");
  host.write("proc/cpuinfo", "model\t: 17\nmodel name\t: AMD EPYC\nflags\t: fpu sse\nModel\t: Board");
  host.write("proc/cmdline", "quiet isolcpus=2 -- --token secret");
  host.write("proc/meminfo", "MemTotal:        2048 kB");
  host.write("proc/sys/kernel/osrelease", "6.1.0-test");
  host.write("proc/sys/fs/pipe-max-size", "1048576");
  host.write("proc/sys/fs/mqueue/msg_max", "10");
  host.write("proc/sys/kernel/sem", "32000\t1024000000\t500\t32000");
  host.write("proc/sys/net/unix/max_dgram_qlen", "512");
  host.write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
  host.write("sys/kernel/security/lsm", "lockdown,apparmor");
  host.write("proc/self/attr/current", "docker-default (enforce)");
  host.write("sys/class/dmi/id/sys_vendor", "Amazon EC2");
  host.write("sys/class/dmi/id/product_name", "c5.large");
  host.write("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0,2");
  host.write("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,3");
  host.write("sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "0,2");
  host.write("sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI");
  host.write("sys/devices/system/cpu/vulnerabilities/l1tf", "Not affected");
  const auto facts = host_facts(host.root());
  EXPECT_EQ(fact(facts, "distribution"), "Debian GNU/Linux 12");
  EXPECT_EQ(fact(facts, "cpu_model"), "AMD EPYC");
  // Catches: a second spelling that overrides the first.
  EXPECT_EQ(std::count_if(facts.begin(), facts.end(), [](const Fact& f) { return f.name == "cpu_model"; }),
            1);
  // The arguments of the init program may be secret.
  EXPECT_EQ(fact(facts, "kernel_command_line"), "quiet isolcpus=2");
  EXPECT_EQ(fact(facts, "memory_total"), "2048 kB");
  EXPECT_EQ(fact(facts, "kernel_release"), "6.1.0-test");
  EXPECT_EQ(fact(facts, "fs_pipe_max_size"), "1048576");
  EXPECT_EQ(fact(facts, "fs_mqueue_msg_max"), "10");
  EXPECT_EQ(fact(facts, "kernel_sem"), "32000 1024000000 500 32000");
  EXPECT_EQ(fact(facts, "net_unix_max_dgram_qlen"), "512");
  EXPECT_EQ(fact(facts, "transparent_huge_pages"), "madvise");
  EXPECT_EQ(fact(facts, "vulnerability_meltdown"), "Mitigation: PTI");
  EXPECT_EQ(fact(facts, "vulnerability_l1tf"), "(absent)");
  EXPECT_EQ(fact(facts, "virtual_machine"), "(absent)");
  EXPECT_EQ(fact(facts, "container"), "(absent)");
  EXPECT_EQ(fact(facts, "security_modules"), "lockdown,apparmor");
  EXPECT_EQ(fact(facts, "security_label"), "docker-default (enforce)");
  EXPECT_EQ(fact(facts, "product"), "Amazon EC2 c5.large");
  EXPECT_EQ(fact(facts, "physical_cores"), "2");       // of three hardware threads
  EXPECT_NE(fact(facts, "architecture"), "(absent)");  // of this machine, whatever the files say
}

// By Python: uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "ipcbench"), "0123456789abcdef0123456789abcdef").
// Catches an identifier that leaves the machine as it is, and a name for machines without one.
TEST(HostFactsTest, HashesTheMachineId) {
  FakeHost host;
  EXPECT_EQ(fact(host_facts(host.root()), "machine_id"), "(absent)");
  host.write("etc/machine-id", "");
  EXPECT_EQ(fact(host_facts(host.root()), "machine_id"), "(absent)");
  host.write("etc/machine-id", "uninitialized");
  EXPECT_EQ(fact(host_facts(host.root()), "machine_id"), "(absent)");
  host.write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  EXPECT_EQ(fact(host_facts(host.root()), "machine_id"), "01905343-c42e-573a-8ebb-790fb712dcd3");
}

TEST(HostFactsTest, ReadsFrequencyAndIdleStates) {
  FakeHost host;
  const std::string cpus = "sys/devices/system/cpu/";
  host.write(cpus + "cpu0/cpufreq/scaling_governor", "schedutil");
  host.write(cpus + "cpu1/cpufreq/scaling_governor", "performance");
  host.write(cpus + "cpu2/cpufreq/scaling_governor", "schedutil");
  host.write(cpus + "intel_pstate/no_turbo", "0");
  host.write(cpus + "cpufreq/boost", "0");
  host.write(cpus + "cpu0/cpuidle/state0/name", "POLL");
  host.write(cpus + "cpu0/cpuidle/state0/latency", "0");
  host.write(cpus + "cpu0/cpuidle/state1/name", "C1");
  host.write(cpus + "cpu0/cpuidle/state1/latency", "2");
  host.write(cpus + "cpu0/cpuidle/state2/name", "C6");
  host.write(cpus + "cpu0/cpuidle/state2/latency", "133");
  host.write(cpus + "cpu0/cpuidle/state2/disable", "1");
  const auto facts = host_facts(host.root());
  EXPECT_EQ(fact(facts, "cpu_governor"), "performance, schedutil");
  EXPECT_EQ(fact(facts, "turbo"), "on");
  EXPECT_EQ(fact(facts, "idle_states"), "POLL 0 us, C1 2 us, C6 133 us (disabled)");
  // Catches: a disabled state counted as a depth that the CPU may reach.
  EXPECT_EQ(fact(facts, "idle_exit_us_max"), "2");
}

// Catches: CPUs that do not exist but count as allowed, which hides that only one is.
TEST(HostFactsTest, AllowedCpusAreThoseOnline) {
  FakeHost host;
  host.write("proc/self/status", "Cpus_allowed_list:\t0-127");
  EXPECT_EQ(fact(host_facts(host.root()), "allowed_cpus"), "0-127");
  host.write("sys/devices/system/cpu/online", "0-1");
  EXPECT_EQ(fact(host_facts(host.root()), "allowed_cpus"), "0-1");
  host.write("proc/self/status", "Cpus_allowed_list:\t1,5");
  EXPECT_EQ(fact(host_facts(host.root()), "allowed_cpus"), "1");
}

TEST(HostFactsTest, TellsVirtualMachinesAndContainers) {
  FakeHost host;
  host.write("sys/class/dmi/id/product_name", "Standard PC");
  host.write("proc/cpuinfo", "flags\t: fpu nohypervisor");
  EXPECT_EQ(fact(host_facts(host.root()), "virtual_machine"), "(absent)");
  host.write("proc/cpuinfo", "flags\t: fpu hypervisor");
  EXPECT_EQ(fact(host_facts(host.root()), "virtual_machine"), "Standard PC");
  host.write("sys/hypervisor/type", "xen");
  EXPECT_EQ(fact(host_facts(host.root()), "virtual_machine"), "xen");
  host.write(".dockerenv", "");
  EXPECT_EQ(fact(host_facts(host.root()), "container"), "docker");
  host.write("proc/self/cgroup", "0::/");
  host.write("sys/fs/cgroup/cpu.max", "50000 100000");
  EXPECT_EQ(fact(host_facts(host.root()), "cgroup_cpus"), "0.50");
}

TEST(HostFactsTest, TellsBatteryFromMains) {
  FakeHost host;
  host.write("sys/class/power_supply/BAT0/type", "Battery");
  EXPECT_EQ(fact(host_facts(host.root()), "power_supply"), "(absent)");
  host.write("sys/class/power_supply/AC/type", "Mains");
  host.write("sys/class/power_supply/AC/online", "0");
  EXPECT_EQ(fact(host_facts(host.root()), "power_supply"), "battery");
  host.write("sys/class/power_supply/AC/online", "1");
  EXPECT_EQ(fact(host_facts(host.root()), "power_supply"), "mains");
}

// Catches: a crash without /proc and /sys. Facts from system calls and the compiler are still there.
TEST(HostFactsTest, SurvivesAnEmptyRoot) {
  const FakeHost host;
  const auto facts = host_facts(host.root());
  EXPECT_EQ(fact(facts, "kernel_release"), "(absent)");
  EXPECT_EQ(fact(facts, "build_type"), build_facts().front().value);
  EXPECT_NE(fact(facts, "rlimit_nofile"), "(absent)");
  EXPECT_NE(fact(facts, "nice"), "(absent)");
}

// Catches: two facts of one name, and empty values.
TEST(HostFactsTest, NamesOfTheRealHostsFactsAreUnique) {
  const auto facts = host_facts();
  std::set<std::string> names;
  for (const Fact& each : facts) EXPECT_TRUE(names.insert(each.name).second) << each.name;
  EXPECT_THAT(facts, Each(Field(&Fact::value, Not(""))));
}

}  // namespace
}  // namespace ipcbench
