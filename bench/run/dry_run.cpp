#include "bench/run/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "bench/run/paced_phase.hpp"
#include "bench/run/rounds.hpp"
#include "harness/base/units.hpp"
#include "results/report/json_document.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

double seconds_of(nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

nanoseconds time_of_all(const Plan& plan, const RoundsOptions& options) {
  nanoseconds one_round{};
  for (const PlannedCell& planned : plan.cells) {
    const LaunchPhases phases = phases_for(planned.cell, options);
    one_round += phases.warm_up + phases.timed + kUsualOverhead;
  }
  return one_round * options.launches;
}

std::size_t launches_of(const Plan& plan, const RoundsOptions& options) {
  return plan.cells.size() * options.launches;
}

std::string time_text(const Plan& plan, const RoundsOptions& options) {
  std::string text = fmt::format("about {}", clock_text(expected_time(plan, options)));
  if (!options.budget) return text;
  if (options.add_launches) {
    return text + fmt::format("; more for uncertain medians, up to {} in all", clock_text(*options.budget));
  }
  return text + fmt::format(", at most {}", clock_text(*options.budget));
}

std::string launches_text(const Plan& plan, const RoundsOptions& options) {
  if (options.add_launches && options.budget && options.launches > kFewestLaunches &&
      time_of_all(plan, options) > *options.budget) {
    return fmt::format("{} each, more where they tell most, and none after {}",
                       counted(kFewestLaunches, "launch"), clock_text(*options.budget));
  }
  return fmt::format("{} each: {}, {}", counted(options.launches, "launch"),
                     counted(launches_of(plan, options), "launch"), time_text(plan, options));
}

// Reasons in the order of their first cells.
std::string skipped_text(const Plan& plan) {
  std::vector<std::string> reasons;
  std::map<std::string, std::vector<std::string>> cells;
  for (const Omission& skipped : plan.skipped) {
    if (!cells.contains(skipped.reason)) reasons.push_back(skipped.reason);
    cells[skipped.reason].push_back(skipped.cell);
  }
  std::string text = fmt::format("Skipped: {}\n", counted(plan.skipped.size(), "cell"));
  for (const std::string& reason : reasons) {
    text += fmt::format("  {}\n", reason);
    for (const std::string& cell : cells[reason]) text += fmt::format("    {}\n", cell);
  }
  return text;
}

}  // namespace

nanoseconds expected_time(const Plan& plan, const RoundsOptions& options) {
  const nanoseconds all = time_of_all(plan, options);
  return options.budget ? std::min(all, *options.budget) : all;
}

std::string plan_text(const Plan& plan, const RoundsOptions& options) {
  std::string text =
      fmt::format("Would measure {}, {}\n", counted(plan.cells.size(), "cell"), launches_text(plan, options));
  for (const PlannedCell& planned : plan.cells) text += fmt::format("  {}\n", planned.name);
  return plan.skipped.empty() ? text : text + skipped_text(plan);
}

std::string plan_json(const Plan& plan, const RoundsOptions& options) {
  Json json;
  json["cells"] = Json::array();
  for (const PlannedCell& planned : plan.cells) json["cells"].push_back(planned.name);
  json["skipped"] = Json::array();
  for (const Omission& skipped : plan.skipped) {
    json["skipped"].push_back({{"cell", skipped.cell}, {"reason", skipped.reason}});
  }
  json["launches_per_cell"] = options.launches;
  json["launches"] = launches_of(plan, options);
  json["expected_seconds"] = seconds_of(expected_time(plan, options));
  json["budget_seconds"] = options.budget ? Json(seconds_of(*options.budget)) : Json(nullptr);
  return json_text(json, 2) + "\n";
}

}  // namespace ipcbench
