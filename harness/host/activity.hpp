// Other activity on the machine during a run: two snapshots, and the warnings that follow from their
// difference.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/host/environment.hpp"

namespace ipcbench {

// Counters that only grow, and a few momentary values. Zero or empty: the host does not say.
struct HostActivity {
  std::uint64_t time_ns = 0;  // of now_ns()
  // CPU time of the watched CPUs, in clock ticks (_SC_CLK_TCK a second).
  std::uint64_t busy_ticks = 0;         // user, nice and system time of all programs, ours included
  std::uint64_t softirq_ticks = 0;      // the kernel's deferred work, such as receiving over the loopback
  std::uint64_t steal_ticks = 0;        // wanted to run, but the hypervisor ran somebody else
  std::uint64_t total_ticks = 0;        // including idle time and everything else
  std::uint64_t own_cpu_ns = 0;         // of this process and of its children that have been waited for
  std::uint64_t throttled_periods = 0;  // of the control groups
  std::uint64_t throttled_ns = 0;
  std::uint64_t thermal_events = 0;
  std::optional<std::uint64_t> cpu_pressure_us;  // PSI, "some": at least one task waited
  std::optional<std::uint64_t> memory_pressure_us;
  std::optional<double> load_average;  // of the last minute
  std::string clock_source;
  // Whether the kernel was built to keep the time of interrupts apart from that of the threads
  // (CONFIG_IRQ_TIME_ACCOUNTING); empty: unknown.
  std::optional<bool> irq_time_accounting;
};

// `watched`: the CPUs of the measurement; all allowed ones if anything is not pinned. A missing file is not
// an error. `root` replaces "/" in tests.
HostActivity read_host_activity(const std::vector<int>& watched, const std::filesystem::path& root = "/");

// Takes what happened between two snapshots out of a later one.
void leave_out(HostActivity& later, const HostActivity& from, const HostActivity& to);

// The changes between two snapshots, as facts of this run. Their names begin with "run_", because they differ
// between any two runs on one host.
std::vector<Fact> activity_facts(const HostActivity& before, const HostActivity& after);

// Warnings about this run; `invalid` if the changes make its numbers worthless. Steal time and foreign load
// are shares of the watched CPUs' time. Foreign load is their busy time that is not ours. Unlike the load
// average, it ignores programs that ran before (such as the build of this program) and our own processes.
// Softirq time counts where no thread was charged for it.
std::vector<Doubt> activity_doubts(const HostActivity& before, const HostActivity& after);

}  // namespace ipcbench
