// The limits of this process's control groups (versions 1 and 2), and how often they throttled it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace ipcbench {

struct CgroupLimits {
  std::optional<double> cpus;                 // CPU bandwidth in CPUs, 0.5 = half of one; empty: no quota
  std::optional<std::uint64_t> memory_bytes;  // empty: no limit
  std::uint64_t throttled_periods = 0;  // periods in which the quota ran out, since the group's creation
  std::uint64_t throttled_ns = 0;       // the time for which threads then had to wait
};

// The narrowest limits, and the sum of the throttling, from the process's own group up to the root. Invisible
// groups also limit, but are not reported: a container sees only its own subtree. `root` replaces "/" in
// tests.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root = "/");

// The directory of this process's own group in the hierarchy that has the controller (version 1), else in the
// one of version 2; empty: there is none.
std::optional<std::filesystem::path> own_cgroup(std::string_view controller,
                                                const std::filesystem::path& root = "/");

}  // namespace ipcbench
