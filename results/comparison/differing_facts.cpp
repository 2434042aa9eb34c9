#include "results/comparison/differing_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "results/comparison/gate_settings.hpp"

namespace ipcbench {
namespace {

// Facts that influence the numbers. Memory sizes and process limits are left out: they decide whether a cell
// can run, but not how fast. Facts that change with every run (run_*) are left out too.
constexpr const char* kDecisive[] = {"host_name",
                                     "cpu_model",
                                     "cpu_microcode",
                                     "cpus_online",
                                     "allowed_cpus",
                                     "numa_nodes",
                                     "smt_active",
                                     "kernel_release",
                                     "kernel_version",
                                     "kernel_command_line",
                                     "clock_source",
                                     "cpuidle_*",
                                     "idle_states",
                                     "governor*",
                                     "turbo*",
                                     "boost*",
                                     "cpu_*_khz",
                                     "isolated_cpus",
                                     "virtual_machine",
                                     "container",
                                     "vulnerability_*",
                                     "fs_pipe_*",
                                     "fs_mqueue_*",
                                     "kernel_msg*",
                                     "kernel_sem",
                                     "kernel_sched_*",
                                     "kernel_numa_*",
                                     "net_*",
                                     "transparent_huge_*",
                                     "scheduling_policy",
                                     "nice",
                                     "build_type",
                                     "build_sanitizers"};

// Their defaults are shares of the memory that is free at boot, so they differ from boot to boot, and a local
// benchmark comes nowhere near them.
constexpr const char* kOfTheBoot[] = {"net_ipv4_tcp_mem", "net_ipv4_udp_mem"};

bool any_matches(const auto& patterns, const std::string& name) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) { return matches(pattern, name); });
}

struct Sides {
  std::string base = "unknown";
  std::string candidate = "unknown";
};
using SidesByFact = std::map<std::string, Sides>;

void add_facts(SidesByFact& facts, const SampledReport& report, std::string Sides::*side) {
  facts["host_name"].*side = report.context.host_name;
  for (const Fact& fact : report.host) {
    if (any_matches(kDecisive, fact.name) && !any_matches(kOfTheBoot, fact.name))
      facts[fact.name].*side = fact.value;
  }
}

}  // namespace

std::vector<std::string> differing_facts(const SampledReport& base, const SampledReport& candidate,
                                         const std::vector<std::string>& across) {
  SidesByFact facts;
  add_facts(facts, base, &Sides::base);
  add_facts(facts, candidate, &Sides::candidate);
  std::vector<std::string> lines;
  for (const auto& [name, values] : facts) {
    if (values.base == values.candidate || any_matches(across, name)) continue;
    lines.push_back(fmt::format("{}: {} in {}, {} in {}", name, values.base, base.origin, values.candidate,
                                candidate.origin));
  }
  return lines;
}

}  // namespace ipcbench
