#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "harness/host/environment.hpp"
#include "harness/host/host_files.hpp"

namespace ipcbench {
namespace {

using Level = Doubt::Level;

using Facts = std::vector<Fact>;

std::optional<std::string> value_of(const Facts& facts, std::string_view name) {
  const auto fact = std::ranges::find(facts, name, &Fact::name);
  return fact == facts.end() ? std::nullopt : std::optional(fact->value);
}

// The number of CPUs or nodes in a list; empty if there is no such fact or it is not a list.
std::optional<std::size_t> count(const Facts& facts, std::string_view list_name) {
  try {
    const auto list = value_of(facts, list_name);
    return list ? std::optional(parse_cpu_list(*list).size()) : std::nullopt;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// A pair keeps at most two CPUs busy.
bool quota_binds(const std::string& cpus, const Facts& facts) {
  const std::size_t needed = std::min<std::size_t>(count(facts, "allowed_cpus").value_or(2), 2);
  return number(cpus) < static_cast<double>(needed);
}

// A clock source that the vDSO cannot read costs a system call and a device access, 0.5 to 5 us.
bool is_slow_clock(const std::string& name, const Facts&) {
  constexpr std::array<std::string_view, 5> kSlow{"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"};
  return std::ranges::find(kSlow, name) != kSlow.end();
}

// A warning about one fact. `what` formats the fact's value.
struct Rule {
  Level level;
  std::string_view fact;
  bool (*raises)(const std::string& value, const Facts& facts);
  std::string_view what;
  std::string_view advice;
};

constexpr auto kAlways = [](const std::string&, const Facts&) { return true; };

const std::array kRules{
    Rule{Level::invalid, "build_sanitizers", kAlways,
         "The program was built with sanitizers ({}), which multiply the cost of every access.",
         "Build with the release preset to measure."},
    Rule{Level::invalid, "build_type", [](const std::string& type, const Facts&) { return type == "debug"; },
         "The program was built without optimisation, so the numbers include its own slow loops.",
         "Build with the release preset to measure."},
    Rule{Level::warn, "clock_source", is_slow_clock,
         "The clock source {} is read by a slow device access, which every latency sample includes.",
         "Find out why the kernel refused the CPU's own counter (dmesg) and choose it with clocksource=."},
    Rule{Level::warn, "cpu_governor",
         [](const std::string& governor, const Facts&) { return governor != "performance"; },
         "The frequency governor {} changes the CPUs' clock rate with their load.",
         "Set it for the run: cpupower frequency-set -g performance."},
    Rule{Level::warn, "power_supply",
         [](const std::string& supply, const Facts&) { return supply == "battery"; },
         "The machine runs on battery and may hold its CPUs back.", "Plug it in."},
    Rule{Level::warn, "cgroup_cpus", quota_binds,
         "The control group grants {} CPUs, less than a busy pair uses, so both ends will be suspended.",
         "Raise the quota (docker --cpus, CPUQuota=, limits.cpu) to at least two CPUs or remove it."},
    Rule{Level::info, "cgroup_cpus",
         [](const std::string& cpus, const Facts& facts) { return !quota_binds(cpus, facts); },
         "The control group grants {} CPUs.",
         "Remove the quota if spinning cells with many processes are measured."},
    Rule{Level::warn, "nice", [](const std::string& nice, const Facts&) { return number(nice) > 0; },
         "The program runs at nice {}, so other programs go first.", "Start it without nice."},
    Rule{Level::warn, "scheduling_policy",
         [](const std::string& policy, const Facts&) { return policy == "batch" || policy == "idle"; },
         "The program runs under the scheduling policy {}, which delays wake-ups.",
         "Start it under the ordinary policy: chrt --other 0."},
    Rule{Level::info, "virtual_machine", kAlways,
         "This is a virtual machine ({}): the host decides when its CPUs run, and waking an idle one takes "
         "long.",
         "Measure on bare metal if the numbers are to describe the hardware."},
    Rule{Level::info, "container", kAlways,
         "This is a container ({}): its limits and its neighbours may affect the numbers.",
         "Compare only with runs in a container of the same settings."},
    Rule{Level::info, "smt_active", [](const std::string& active, const Facts&) { return active == "1"; },
         "Simultaneous multithreading is on: a busy sibling thread slows a core down.",
         "Keep the machine idle, or switch it off: echo off > /sys/devices/system/cpu/smt/control."},
    Rule{Level::info, "turbo", [](const std::string& turbo, const Facts&) { return turbo == "on"; },
         "Turbo is on: the clock rate depends on temperature and on how many cores are busy.",
         "Switch it off (cpufreq/boost or intel_pstate/no_turbo) to compare runs closely."},
    Rule{Level::info, "idle_exit_us_max",
         [](const std::string& us, const Facts&) { return number(us) >= 50; },
         "An idle CPU may sleep so deeply that it takes {} us to wake, which adds to blocking cells across "
         "CPUs.",
         "Limit it for the run: cpupower idle-set -D 10."},
    Rule{Level::info, "allowed_cpus",
         [](const std::string&, const Facts& facts) {
           return count(facts, "allowed_cpus").value_or(0) < count(facts, "cpus_online").value_or(0);
         },
         "Only the CPUs {} may be used; placements outside them are not measured.",
         "Start the program with a wider affinity mask (taskset, cpuset) to measure more placements."},
    Rule{Level::info, "allowed_cpus",
         [](const std::string&, const Facts& facts) { return count(facts, "allowed_cpus") == 1U; },
         "Both ends share the one CPU {}: a spinning end keeps its peer from running until its time slice is "
         "over.",
         "Use at least two CPUs to measure spinning mechanisms."},
    Rule{Level::info, "kernel_numa_balancing",
         [](const std::string& mode, const Facts& facts) {
           return mode != "0" && count(facts, "numa_nodes").value_or(1) > 1;
         },
         "Automatic NUMA balancing is on: the kernel may move pages between nodes in the middle of a run.",
         "Switch it off for the run: sysctl kernel.numa_balancing=0."},
};

}  // namespace

std::vector<Doubt> host_doubts(const Facts& facts) {
  std::vector<Doubt> doubts;
  for (const Rule& rule : kRules) {
    const auto value = value_of(facts, rule.fact);
    if (!value || !rule.raises(*value, facts)) continue;
    doubts.push_back({rule.level, fmt::format(fmt::runtime(rule.what), *value), std::string(rule.advice)});
  }
  return doubts;
}

std::vector<Doubt> placement_doubts(const std::vector<Placement>& measured) {
  const auto is_pinned = [](const Placement& placement) {
    return placement.producer_cpu && placement.consumer_cpu;
  };
  const auto pinned = std::count_if(measured.begin(), measured.end(), is_pinned);
  if (pinned == static_cast<std::ptrdiff_t>(measured.size())) return {};
  const std::string what =
      "Cells with cpus:free are not pinned: they measure where the scheduler put the ends.";
  const std::string advice = "Compare pinned cells, or select a placement with --cpus.";
  // Beside pinned cells they are a useful row of the table; otherwise they are all there is.
  return {{pinned > 0 ? Level::info : Level::warn, what, advice}};
}

}  // namespace ipcbench
