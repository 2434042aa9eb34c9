#include "results/comparison/differing_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "results/comparison/findings.hpp"
#include "results/comparison/gate_settings.hpp"

namespace ipcbench {
namespace {

// Facts that influence the numbers. Memory sizes and process limits are left out: they decide whether a cell
// can run, but not how fast. Facts that change with every run (run_*) are left out too.
constexpr const char* kDecisive[] = {"cpu_model",
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

// The same, as far as both hosts say: reports of older programs do not.
constexpr const char* kDecisiveIfKnown[] = {"architecture", "product", "physical_cores", "security_*",
                                            "selinux_*"};

// Their defaults are shares of the memory that is free at boot, so they differ from boot to boot, and a local
// benchmark comes nowhere near them.
constexpr const char* kOfTheBoot[] = {"net_ipv4_tcp_mem", "net_ipv4_udp_mem"};

// `--wait adaptive` spins as long as a wake-up takes, which each session measures for itself. Where somebody
// chose it, it is in the cell's name.
constexpr const char* kMeasured = "spin_us";

bool any_matches(const auto& patterns, const std::string& name) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) { return matches(pattern, name); });
}

constexpr const char* kNotSaid = "unknown";

struct Sides {
  std::string base = kNotSaid;
  std::string candidate = kNotSaid;
};
using SidesByFact = std::map<std::string, Sides>;

bool is_decisive(const std::string& name) {
  return (any_matches(kDecisive, name) || any_matches(kDecisiveIfKnown, name)) &&
         !any_matches(kOfTheBoot, name);
}

void add_facts(SidesByFact& facts, const DescribedHost& host, std::string Sides::*side) {
  for (const Fact& fact : decisive_facts(host.facts)) facts[fact.name].*side = fact.value;
}

void drop_unknown(SidesByFact& facts) {
  std::erase_if(facts, [](const auto& fact) {
    const auto& [name, sides] = fact;
    return any_matches(kDecisiveIfKnown, name) && (sides.base == kNotSaid || sides.candidate == kNotSaid);
  });
}

std::string value_of(const DescribedHost& host, std::string_view name) {
  const auto fact = std::ranges::find(host.facts, name, &Fact::name);
  return fact == host.facts.end() ? "" : fact->value;
}

void add_machine(SidesByFact& facts, const DescribedHost& base, const DescribedHost& candidate) {
  const Sides ids{value_of(base, "machine_id"), value_of(candidate, "machine_id")};
  if (!ids.base.empty() && !ids.candidate.empty()) {
    facts["machine_id"] = ids;
  } else if (value_of(base, "container").empty() && value_of(candidate, "container").empty()) {
    facts["host_name"] = {base.host_name, candidate.host_name};
  }
}

std::string line_of(const std::string& name, const Sides& values, const std::string& base,
                    const std::string& candidate) {
  return fmt::format("{}: {} in {}, {} in {}", name, values.base, base, values.candidate, candidate);
}

}  // namespace

std::vector<Fact> decisive_facts(const std::vector<Fact>& facts) {
  std::map<std::string, std::string> decisive;  // the later of two readings stands, as in a report
  for (const Fact& fact : facts) {
    if (is_decisive(fact.name)) decisive[fact.name] = fact.value;
  }
  std::vector<Fact> ordered;
  ordered.reserve(decisive.size());
  for (const auto& [name, value] : decisive) ordered.push_back({name, value});
  return ordered;
}

std::vector<std::string> differing_fact_names(const std::vector<const std::vector<Fact>*>& hosts) {
  struct Values {
    std::set<std::string> different;
    std::size_t hosts = 0;
  };
  std::map<std::string, Values> facts;
  for (const std::vector<Fact>* host : hosts) {
    for (const Fact& fact : *host) {
      Values& values = facts[fact.name];
      values.different.insert(fact.value);
      ++values.hosts;
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, values] : facts) {
    const bool is_told = values.hosts == hosts.size() || any_matches(kDecisiveIfKnown, name);
    if (values.different.size() > 1 || !is_told) names.push_back(name);
  }
  return names;
}

DescribedHost host_of(const SampledReport& report) {
  return {report.origin, report.context.host_name, report.host};
}

std::vector<std::string> differing_facts(const DescribedHost& base, const DescribedHost& candidate,
                                         const std::vector<std::string>& across) {
  SidesByFact facts;
  add_facts(facts, base, &Sides::base);
  add_facts(facts, candidate, &Sides::candidate);
  drop_unknown(facts);
  add_machine(facts, base, candidate);
  std::vector<std::string> lines;
  for (const auto& [name, values] : facts) {
    if (values.base == values.candidate || any_matches(across, name)) continue;
    lines.push_back(line_of(name, values, base.origin, candidate.origin));
  }
  return lines;
}

std::vector<std::string> differing_settings(const SampledReport& base, const SampledReport& candidate,
                                            const std::vector<std::string>& across) {
  std::map<std::string, std::vector<std::string>> cells;  // by what differs
  for (const auto& [old, fresh] : common_cells(base, candidate)) {
    for (const auto& [name, values] : old->settings) {
      if (name == kMeasured) continue;
      const auto other = fresh->settings.find(name);
      if (other == fresh->settings.end() || other->second == values || any_matches(across, name)) continue;
      const Sides sides{fmt::format("{}", fmt::join(values, " and ")),
                        fmt::format("{}", fmt::join(other->second, " and "))};
      cells[line_of(name, sides, base.origin, candidate.origin)].push_back(old->name);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [line, names] : cells) {
    const std::string more = names.size() == 1 ? "" : fmt::format("{} cells such as ", names.size());
    lines.push_back(fmt::format("{} (in {}{})", line, more, names.front()));
  }
  return lines;
}

std::vector<std::string> differences_between(const SampledReport& base, const SampledReport& candidate,
                                             const std::vector<std::string>& across) {
  std::vector<std::string> lines = differing_facts(host_of(base), host_of(candidate), across);
  std::ranges::copy(differing_settings(base, candidate, across), std::back_inserter(lines));
  return lines;
}

}  // namespace ipcbench
