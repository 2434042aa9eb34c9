#include "harness/host/cgroup.hpp"

#include <gtest/gtest.h>

#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

// Catches: limits of the own group only. The parent's quota is half a CPU, the group's is one CPU.
TEST(CgroupTest, Version2TakesTheNarrowestLimitUpToTheRoot) {
  FakeHost host;
  host.write("proc/self/cgroup", "0::/ci/job");
  host.write("sys/fs/cgroup/cpu.stat", "usage_usec 5");
  host.write("sys/fs/cgroup/ci/cpu.max", "50000 100000");
  host.write("sys/fs/cgroup/ci/cpu.stat", "nr_periods 90\nnr_throttled 7\nthrottled_usec 250");
  host.write("sys/fs/cgroup/ci/memory.max", "134217728");
  host.write("sys/fs/cgroup/ci/job/cpu.max", "100000 100000");
  host.write("sys/fs/cgroup/ci/job/cpu.stat", "nr_throttled 2\nthrottled_usec 10");
  host.write("sys/fs/cgroup/ci/job/memory.max", "max");
  const CgroupLimits limits = read_cgroup_limits(host.root());
  EXPECT_EQ(limits.cpus, 0.5);
  EXPECT_EQ(limits.memory_bytes, 134217728U);
  EXPECT_EQ(limits.throttled_periods, 9U);
  EXPECT_EQ(limits.throttled_ns, 260'000U);
}

// Catches: version 1's other files, units and ways to say "no limit".
TEST(CgroupTest, Version1) {
  FakeHost host;
  host.write("proc/self/cgroup", "3:cpu,cpuacct:/docker/abc\n2:memory:/docker/abc\n0::/");
  host.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "150000");
  host.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000");
  host.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.stat", "nr_throttled 4\nthrottled_time 5000");
  host.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
  host.write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "9223372036854771712");
  const CgroupLimits limits = read_cgroup_limits(host.root());
  EXPECT_EQ(limits.cpus, 1.5);
  EXPECT_EQ(limits.memory_bytes, std::nullopt);
  EXPECT_EQ(limits.throttled_periods, 4U);
  EXPECT_EQ(limits.throttled_ns, 5000U);
}

// Catches: a missing quota in a container that sees the host's path, but its own group as the root.
TEST(CgroupTest, PathOfAnotherNameSpace) {
  for (const auto* path : {"/docker/abc", "/../../outside"}) {
    FakeHost host;
    host.write("proc/self/cgroup", std::string("0::") + path);
    host.write("sys/fs/cgroup/cpu.max", "25000 100000");
    host.write("sys/outside/cpu.max", "10000 100000");
    EXPECT_EQ(read_cgroup_limits(host.root()).cpus, 0.25) << path;
  }
}

TEST(CgroupTest, HybridSetUpHasVersion2InUnified) {
  FakeHost host;
  host.write("proc/self/cgroup", "1:name=systemd:/\n0::/job");
  host.write("sys/fs/cgroup/unified/job/cpu.max", "200000 100000");
  EXPECT_EQ(read_cgroup_limits(host.root()).cpus, 2.0);
}

TEST(CgroupTest, NoLimits) {
  FakeHost host;
  EXPECT_EQ(read_cgroup_limits(host.root()).cpus, std::nullopt);
  for (const auto* lines : {"garbage", ":", "0::/", "1:cpu:/x"}) {
    host.write("proc/self/cgroup", lines);
    host.write("sys/fs/cgroup/cpu.max", "max 100000");
    host.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
    host.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
    const CgroupLimits limits = read_cgroup_limits(host.root());
    EXPECT_EQ(limits.cpus, std::nullopt) << lines;
    EXPECT_EQ(limits.memory_bytes, std::nullopt) << lines;
    EXPECT_EQ(limits.throttled_periods, 0U) << lines;
  }
}

// Catches a group that is made in a hierarchy without the controller, or above the process's own.
TEST(OwnCgroup, IsThatOfTheController) {
  FakeHost host;
  EXPECT_EQ(own_cgroup("cpu", host.root()), std::nullopt);
  host.write("proc/self/cgroup", "3:cpu,cpuacct:/docker/abc\n2:memory:/docker/xyz\n0::/");
  host.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cgroup.procs", "");
  EXPECT_EQ(own_cgroup("cpu", host.root()), host.root() / "sys/fs/cgroup/cpu,cpuacct/docker/abc");
}

}  // namespace
}  // namespace ipcbench
