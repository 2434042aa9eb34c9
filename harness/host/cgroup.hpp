// The limits of this process's control groups, and how often they throttled it. Versions 1 and 2.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace ipcbench {

struct CgroupLimits {
  std::optional<double> cpus;                 // CPU bandwidth in CPUs, 0.5 = half of one; empty: no quota
  std::optional<std::uint64_t> memory_bytes;  // empty: no limit
  std::uint64_t throttled_periods = 0;        // since the group was made: in how many the quota ran out
  std::uint64_t throttled_ns = 0;             // and for how long its threads had to wait
};

// The narrowest limits, and the sum of the throttling, from the process's own group up to the root. Groups
// that are invisible here limit without being reported: a container sees its own subtree only. `root`
// replaces
// "/" in tests.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root = "/");

}  // namespace ipcbench
