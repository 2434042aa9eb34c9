#include "results/comparison/differing_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "results/comparison/gate_settings.hpp"

namespace ipcbench {
namespace {

// What a number depends on. Not here: sizes of memory and limits of processes, which decide whether a cell
// can run, not how fast; and what changes from run to run by itself (run_*).
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

bool any_matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches(pattern, name); });
}

bool decisive(const std::string& name) {
  return std::ranges::any_of(kDecisive, [&](const char* pattern) { return matches(pattern, name); });
}

std::map<std::string, std::string> decisive_facts(const SampledReport& report) {
  std::map<std::string, std::string> facts{{"host_name", report.context.host_name}};
  for (const Fact& fact : report.host) {
    if (decisive(fact.name)) facts[fact.name] = fact.value;
  }
  return facts;
}

}  // namespace

std::vector<std::string> differing_facts(const SampledReport& base, const SampledReport& candidate,
                                         const std::vector<std::string>& across) {
  std::vector<std::string> lines;
  const auto old_facts = decisive_facts(base);
  const auto new_facts = decisive_facts(candidate);
  const auto differ = [&](const std::string& name, const std::string& before, const std::string& after) {
    if (before != after && !any_matches(across, name)) {
      lines.push_back(
          fmt::format("{}: {} in {}, {} in {}", name, before, base.origin, after, candidate.origin));
    }
  };
  for (const auto& [name, value] : old_facts) {
    const auto found = new_facts.find(name);
    differ(name, value, found == new_facts.end() ? "unknown" : found->second);
  }
  for (const auto& [name, value] : new_facts) {
    if (!old_facts.contains(name)) differ(name, "unknown", value);
  }
  return lines;
}

}  // namespace ipcbench
