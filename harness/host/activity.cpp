#include "harness/host/activity.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <sstream>

#include "harness/base/clock.hpp"
#include "harness/host/cgroup.hpp"
#include "harness/host/host_files.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::uint64_t ticks_per_second() { return static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)); }

// Adds a line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. The guest time that
// follows is part of the user time.
void add_cpu_ticks(const std::string& line, HostActivity& activity) {
  std::array<std::uint64_t, 8> ticks{};
  std::istringstream numbers(line);
  for (std::uint64_t& value : ticks) {
    if (!(numbers >> value)) value = 0;
    activity.total_ticks += value;
  }
  activity.busy_ticks += ticks[0] + ticks[1] + ticks[2];
  activity.softirq_ticks += ticks[6];
  activity.steal_ticks += ticks[7];
}

std::uint64_t own_cpu_ns() {
  std::uint64_t total_us = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    if (getrusage(who, &usage) != 0) continue;
    for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
      total_us +=
          static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
    }
  }
  return total_us * 1000;
}

// The counter of a line such as "some avg10=0.09 avg60=0.30 avg300=0.25 total=5241501".
std::optional<std::uint64_t> pressure_us(const fs::path& file) {
  constexpr std::string_view kKey = "total=";
  const auto line = read_field(file, "some");
  const std::size_t at = line ? line->find(kKey) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  std::istringstream number(line->substr(at + kKey.size()));
  std::uint64_t total_us = 0;
  return number >> total_us ? std::optional(total_us) : std::nullopt;
}

std::optional<double> load_average(const fs::path& root) {
  std::istringstream numbers(read_text(root / "proc/loadavg").value_or(""));
  double last_minute = 0;
  return numbers >> last_minute ? std::optional(last_minute) : std::nullopt;
}

std::uint64_t thermal_events(const std::vector<int>& cpus, const fs::path& root) {
  std::uint64_t events = 0;
  for (const int cpu : cpus) {
    const std::string name =
        fmt::format("sys/devices/system/cpu/cpu{}/thermal_throttle/core_throttle_count", cpu);
    events += static_cast<std::uint64_t>(std::max<std::int64_t>(read_integer(root / name).value_or(0), 0));
  }
  return events;
}

// From the configuration that distributions install with the kernel.
std::optional<bool> irq_time_accounting(const fs::path& root) {
  const std::string release = read_text(root / "proc/sys/kernel/osrelease").value_or("");
  const fs::path config = root / "boot" / ("config-" + release);
  // Every configuration has CONFIG_HZ.
  if (release.find('/') != std::string::npos || !read_field(config, "CONFIG_HZ")) return std::nullopt;
  return read_field(config, "CONFIG_IRQ_TIME_ACCOUNTING") == "y";
}

// A counter's growth; 0 if it went back (a CPU was taken offline, a group was created again).
std::uint64_t growth(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

// The difference of two snapshots.
struct Change {
  double steal_percent = 0;
  double softirq_percent = 0;    // of the watched CPUs' time
  double uncharged_percent = 0;  // softirq time that no thread was charged for, beside our CPU time
  double foreign_percent = 0;
  std::optional<double> cpu_pressure_percent;
  std::optional<double> memory_pressure_percent;
  std::uint64_t throttled_periods = 0;
  std::uint64_t throttled_ns = 0;
  std::uint64_t thermal_events = 0;
};

// Fewer ticks are counter noise: one tick in a one-second run on two CPUs would be 0.5 % of steal time.
constexpr std::uint64_t kLeastTicks = 5;

std::uint64_t if_significant(std::uint64_t ticks) { return ticks < kLeastTicks ? 0 : ticks; }

std::optional<double> pressure_percent(const std::optional<std::uint64_t>& before,
                                       const std::optional<std::uint64_t>& after, std::uint64_t elapsed_ns) {
  if (!before || !after) return std::nullopt;
  return percent(growth(*before, *after) * 1000, elapsed_ns);
}

// A kernel without irq_time_accounting charges the thread that a softirq interrupted, so that our CPU time
// holds what /proc/stat lists as softirq and not as busy. Where the configuration is unknown, that decides.
// The load of other programs leaves it open, and then nobody knows.
std::uint64_t uncharged_ticks(std::uint64_t softirq, std::uint64_t busy, std::uint64_t own,
                              std::optional<bool> irq_time_accounting) {
  const bool charged = irq_time_accounting == false || own >= busy + softirq / 2;
  const bool open = !irq_time_accounting && busy >= own + softirq / 2;
  return charged || open ? 0 : softirq;
}

Change difference(const HostActivity& before, const HostActivity& after) {
  const std::uint64_t total = growth(before.total_ticks, after.total_ticks);
  const std::uint64_t steal = growth(before.steal_ticks, after.steal_ticks);
  const std::uint64_t busy = growth(before.busy_ticks, after.busy_ticks);
  const std::uint64_t softirq = if_significant(growth(before.softirq_ticks, after.softirq_ticks));
  const std::uint64_t own = growth(before.own_cpu_ns, after.own_cpu_ns) * ticks_per_second() / 1'000'000'000;
  const std::uint64_t elapsed_ns = growth(before.time_ns, after.time_ns);
  return {.steal_percent = percent(if_significant(steal), total),
          .softirq_percent = percent(softirq, total),
          .uncharged_percent = percent(uncharged_ticks(softirq, busy, own, after.irq_time_accounting), own),
          .foreign_percent = percent(if_significant(growth(own, busy)), total),
          .cpu_pressure_percent = pressure_percent(before.cpu_pressure_us, after.cpu_pressure_us, elapsed_ns),
          .memory_pressure_percent =
              pressure_percent(before.memory_pressure_us, after.memory_pressure_us, elapsed_ns),
          .throttled_periods = growth(before.throttled_periods, after.throttled_periods),
          .throttled_ns = growth(before.throttled_ns, after.throttled_ns),
          .thermal_events = growth(before.thermal_events, after.thermal_events)};
}

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

HostActivity read_host_activity(const std::vector<int>& watched, const fs::path& root) {
  HostActivity activity;
  activity.time_ns = now_ns();
  for (const int cpu : watched) {
    add_cpu_ticks(read_field(root / "proc/stat", fmt::format("cpu{}", cpu)).value_or(""), activity);
  }
  activity.own_cpu_ns = own_cpu_ns();
  const CgroupLimits limits = read_cgroup_limits(root);
  activity.throttled_periods = limits.throttled_periods;
  activity.throttled_ns = limits.throttled_ns;
  activity.thermal_events = thermal_events(watched, root);
  activity.cpu_pressure_us = pressure_us(root / "proc/pressure/cpu");
  activity.memory_pressure_us = pressure_us(root / "proc/pressure/memory");
  activity.load_average = load_average(root);
  activity.clock_source =
      read_text(root / "sys/devices/system/clocksource/clocksource0/current_clocksource").value_or("");
  activity.irq_time_accounting = irq_time_accounting(root);
  return activity;
}

void leave_out(HostActivity& later, const HostActivity& from, const HostActivity& to) {
  for (std::uint64_t HostActivity::*counter :
       {&HostActivity::time_ns, &HostActivity::busy_ticks, &HostActivity::softirq_ticks,
        &HostActivity::steal_ticks, &HostActivity::total_ticks, &HostActivity::own_cpu_ns,
        &HostActivity::throttled_periods, &HostActivity::throttled_ns, &HostActivity::thermal_events}) {
    later.*counter -= growth(from.*counter, to.*counter);
  }
  for (std::optional<std::uint64_t> HostActivity::*counter :
       {&HostActivity::cpu_pressure_us, &HostActivity::memory_pressure_us}) {
    if (later.*counter && from.*counter && to.*counter) {
      *(later.*counter) -= growth(*(from.*counter), *(to.*counter));
    }
  }
}

std::vector<Fact> activity_facts(const HostActivity& before, const HostActivity& after) {
  const Change change = difference(before, after);
  std::vector<Fact> facts;
  const auto add = [&facts](const char* name, double value) {
    facts.push_back({name, fmt::format("{:.2f}", value)});
  };
  if (after.total_ticks > before.total_ticks) {
    add("run_steal_percent", change.steal_percent);
    add("run_foreign_load_percent", change.foreign_percent);
    add("run_softirq_percent", change.softirq_percent);
  }
  if (change.cpu_pressure_percent) add("run_cpu_pressure_percent", *change.cpu_pressure_percent);
  if (change.memory_pressure_percent) add("run_memory_pressure_percent", *change.memory_pressure_percent);
  if (before.load_average) add("run_load_average_before", *before.load_average);
  if (after.load_average) add("run_load_average_after", *after.load_average);
  facts.push_back({"run_throttled_periods", std::to_string(change.throttled_periods)});
  facts.push_back({"run_thermal_events", std::to_string(change.thermal_events)});
  return facts;
}

std::vector<Doubt> activity_doubts(const HostActivity& before, const HostActivity& after) {
  const Change change = difference(before, after);
  std::vector<Doubt> doubts;
  const auto judge = [&doubts](double value, double warn, double invalid, std::string what,
                               const char* advice) {
    if (value > std::min(warn, invalid))
      doubts.push_back(
          {value > invalid ? Doubt::Level::invalid : Doubt::Level::warn, std::move(what), advice});
  };
  judge(change.steal_percent, 0.1, 1,
        fmt::format("The hypervisor gave {:.2f} % of the measured CPUs' time to others (steal time).",
                    change.steal_percent),
        "Measure again when the host is quiet, or on a machine with CPUs of its own.");
  judge(change.foreign_percent, 3, 10,
        fmt::format("Other programs used {:.1f} % of the measured CPUs' time.", change.foreign_percent),
        "Stop them, or give ipcbench CPUs of its own (taskset, cpuset), and measure again.");
  judge(static_cast<double>(change.throttled_periods), kNever, 0,
        fmt::format("The control group's CPU quota ran out {} times and suspended the run for {:.1f} ms.",
                    change.throttled_periods, static_cast<double>(change.throttled_ns) / 1e6),
        "Raise or remove the quota (docker --cpus, CPUQuota=, limits.cpu) and measure again.");
  judge(static_cast<double>(change.thermal_events), 0, kNever,
        fmt::format("The CPUs were slowed down {} times because they were hot.", change.thermal_events),
        "Improve the cooling or limit the clock rate, and measure again.");
  // 1 %: timers and other housekeeping take less. By ticks alone, 3 %: a short run's shares are uncertain by
  // 1 or 2.
  judge(
      change.uncharged_percent, after.irq_time_accounting ? 1 : 3, kNever,
      fmt::format("The kernel spent {:.1f} % of this run's CPU time again in softirqs, and charged it to no "
                  "thread: the CPU time of network mechanisms is too small.",
                  change.uncharged_percent),
      "Judge these by their times, or boot with tsc=noirqtime and measure again.");
  const double memory_percent = change.memory_pressure_percent.value_or(0);
  judge(memory_percent, 1, kNever,
        fmt::format("Programs waited for memory during {:.1f} % of the run.", memory_percent),
        "Free memory or raise the control group's limit, and measure again.");
  judge(before.clock_source == after.clock_source ? 0 : 1, 0, kNever,
        fmt::format("The clock source changed from {} to {} during the run.", before.clock_source,
                    after.clock_source),
        "Measure again; if it happens again, read the reason in the kernel's log (dmesg).");
  return doubts;
}

}  // namespace ipcbench
