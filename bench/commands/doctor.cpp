// ipcbench doctor: the facts about this machine that affect measurements, and the warnings they cause.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "harness/host/environment.hpp"
#include "harness/host/topology.hpp"
#include "results/report/report.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

struct Findings {
  std::vector<Fact> facts;
  std::vector<Doubt> doubts;
  std::vector<Placement> placements;
};

Findings examine() {
  Findings findings{.facts = host_facts(), .doubts = {}, .placements = find_placements()};
  findings.doubts = host_doubts(findings.facts);
  // Worst first.
  std::ranges::sort(findings.doubts, std::ranges::greater{}, &Doubt::level);
  return findings;
}

Json cpu_json(std::optional<int> cpu) { return cpu ? Json(*cpu) : Json(nullptr); }

std::string doctor_json(const Findings& findings) {
  Json json;
  json["version"] = IPCBENCH_VERSION;
  json["doubts"] = Json::array();
  for (const Doubt& doubt : findings.doubts) {
    json["doubts"].push_back(
        {{"level", name_of(doubt.level)}, {"what", doubt.what}, {"advice", doubt.advice}});
  }
  json["placements"] = Json::array();
  for (const Placement& placement : findings.placements) {
    json["placements"].push_back({{"cpus", name_of(placement.cpus)},
                                  {"producer_cpu", cpu_json(placement.producer_cpu)},
                                  {"consumer_cpu", cpu_json(placement.consumer_cpu)}});
  }
  json["host"] = Json::object();
  for (const Fact& fact : findings.facts) json["host"][fact.name] = fact.value;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string placement_text(const Placement& placement) {
  if (!placement.producer_cpu || !placement.consumer_cpu)
    return fmt::format("  {:<7} not pinned\n", name_of(placement.cpus));
  return fmt::format("  {:<7} CPU {} and CPU {}\n", name_of(placement.cpus), *placement.producer_cpu,
                     *placement.consumer_cpu);
}

std::string doctor_text(const Findings& findings) {
  std::string text = findings.doubts.empty() ? "No doubts.\n" : "Doubts:\n";
  for (const Doubt& doubt : findings.doubts) {
    text += fmt::format("  {:<8}{}\n          {}\n", name_of(doubt.level), doubt.what, doubt.advice);
  }
  text += "\nPlacements:\n";
  for (const Placement& placement : findings.placements) text += placement_text(placement);
  text += "\nFacts:\n";
  for (const Fact& fact : findings.facts) text += fmt::format("  {:<28} {}\n", fact.name, fact.value);
  return text;
}

}  // namespace

CommandAction declare_doctor(CLI::App& app) {
  auto json = std::make_shared<bool>(false);
  app.add_flag("--json", *json, "As JSON, for programs");
  return [json](const Invocation&) {
    const Findings findings = examine();
    print(*json ? doctor_json(findings) : doctor_text(findings));
    return Outcome::success;
  };
}

}  // namespace ipcbench
