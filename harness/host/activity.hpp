// What else happened on the machine during a run: two snapshots, and the doubts that their difference raises.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/host/environment.hpp"

namespace ipcbench {

// Counters that only grow, and a few momentary values. What the host does not offer is zero or empty.
struct HostActivity {
  std::uint64_t time_ns = 0;  // of now_ns()
  // CPU time of the watched CPUs, in clock ticks (_SC_CLK_TCK a second).
  std::uint64_t busy_ticks = 0;         // user, nice and system time of all programs, ours included
  std::uint64_t steal_ticks = 0;        // wanted to run, but the hypervisor ran somebody else
  std::uint64_t total_ticks = 0;        // idle time and all else included
  std::uint64_t own_cpu_ns = 0;         // of this process and of its children that have been waited for
  std::uint64_t throttled_periods = 0;  // of the control groups
  std::uint64_t throttled_ns = 0;
  std::uint64_t thermal_events = 0;
  std::optional<std::uint64_t> cpu_pressure_us;  // PSI, "some": at least one task waited
  std::optional<std::uint64_t> memory_pressure_us;
  std::optional<double> load_average;  // of the last minute
  std::string clock_source;
};

// `watched`: the CPUs that are measured on; all that are allowed if anything is not pinned. Never throws for
// want of a file. `root` stands for "/" in tests.
HostActivity read_host_activity(const std::vector<int>& watched, const std::filesystem::path& root = "/");

// What happened between, as facts of this run (their names begin with "run_"), which differ between any two
// runs on one host.
std::vector<Fact> activity_facts(const HostActivity& before, const HostActivity& after);

// Doubts about this run: `invalid` where the difference makes its numbers worthless.
// Steal time and foreign load are shares of the watched CPUs' time. Foreign load is their busy time that
// is not ours; so it sees only what ran during the run, whereas the load average knows what ran before (the
// build of this program, say) and counts our own processes.
std::vector<Doubt> activity_doubts(const HostActivity& before, const HostActivity& after);

}  // namespace ipcbench
