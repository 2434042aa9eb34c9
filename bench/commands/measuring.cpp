#include "bench/commands/measuring.hpp"

#include <fmt/format.h>

#include <set>

#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/run/selection.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/base/error.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {

Plan plan_for(const std::vector<Cell>& cells, const std::vector<Placement>& placements) {
  Plan plan = make_plan(cells, placements);
  if (plan.cells.empty()) {
    throw UsageError(fmt::format("None of the {} can be measured here; the first, {}: {}.",
                                 counted(plan.skipped.size(), "selected cell"), plan.skipped.front().cell,
                                 plan.skipped.front().reason));
  }
  return plan;
}

void say_doubts(const Report& report) {
  for (const Doubt& doubt : report.doubts) {
    if (doubt.level == Doubt::Level::info) continue;
    const bool invalid = doubt.level == Doubt::Level::invalid;
    say(fmt::format("{}: {} {}", name_of(doubt.level), doubt.what, doubt.advice),
        invalid ? Emphasis::error : Emphasis::warning);
  }
}

void say_shortcomings(const Report& report) {
  if (!report.session.complete) say(report.session.note, Emphasis::warning);
  if (report.failed.empty()) return;
  say(fmt::format("Failed launches: {}; the first, {}: {}", report.failed.size(), report.failed.front().cell,
                  report.failed.front().reason),
      Emphasis::error);
}

std::map<std::string, Guarantees> guarantees_in(const Plan& plan, std::string& problem) {
  std::set<std::string> planned;
  for (const PlannedCell& each : plan.cells) planned.insert(each.cell.mechanism);
  const auto entries = mechanisms_named({planned.begin(), planned.end()});
  try {
    return guarantees_of(probe_mechanisms(entries, {.interrupted = InterruptWatch::flag()}));
  } catch (const std::exception& error) {
    problem = error.what();
    return {};
  }
}

}  // namespace ipcbench
