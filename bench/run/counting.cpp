#include "bench/run/counting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/run/paced_phase.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

std::vector<const PlannedCell*> measured_cells(const Report& report, const Plan& plan) {
  std::vector<const PlannedCell*> measured;
  for (const PlannedCell& planned : plan.cells) {
    const auto is_it = [&](const ReportCell& cell) { return cell.name == planned.name; };
    if (std::ranges::any_of(report.cells, is_it)) measured.push_back(&planned);
  }
  return measured;
}

LaunchOutcome launch_counted(const PlannedCell& planned, const RoundsOptions& options) {
  const LaunchPhases phases = phases_for(planned.cell, options);
  return options.launch_counted(
      planned.cell, {.placement = planned.placement,
                     .warm_up = phases.warm_up,
                     .timed = phases.timed,
                     .time_limit = options.time_limit + std::max(phases.timed - options.phases.timed, {}),
                     .interrupted = options.interrupted,
                     .counts = true});
}

void add(ReportCounts& counts, const std::string& cell, std::uint64_t messages, const LaunchCounts& counted) {
  counts.cells.push_back(
      {.cell = cell, .messages = messages, .producer = counted.producer, .consumer = counted.consumer});
  for (const MissingCounter& each : counted.missing) {
    if (std::ranges::find(counts.missing, each) == counts.missing.end()) counts.missing.push_back(each);
  }
}

// Why it has no counts; empty if it has.
std::string why_uncounted(const LaunchOutcome& outcome) {
  const auto* failure = std::get_if<Failure>(&outcome);
  if (failure != nullptr) return fmt::format("while it was counted: {}", failure->reason);
  return std::get<Measurement>(outcome).counts ? "" : "the ends of the counted launch counted nothing";
}

bool was_interrupted(const LaunchOutcome& outcome) {
  const auto* failure = std::get_if<Failure>(&outcome);
  return failure != nullptr && failure->kind == Failure::Kind::interrupted;
}

// The time of the cells that are left, like that of those before.
std::chrono::nanoseconds time_left(std::chrono::nanoseconds spent, std::size_t done, std::size_t all) {
  if (done == 0) return {};
  return spent / static_cast<std::chrono::nanoseconds::rep>(done) *
         static_cast<std::chrono::nanoseconds::rep>(all - done);
}

}  // namespace

void add_counts(Report& report, const Plan& plan, const RoundsOptions& options, Progress& progress) {
  if (options.is_interrupted()) return;
  const std::vector<const PlannedCell*> cells = measured_cells(report, plan);
  const std::chrono::nanoseconds began = options.elapsed();
  ReportCounts& counts = report.counts.emplace();
  for (std::size_t i = 0; i < cells.size() && !options.is_interrupted(); ++i) {
    const std::chrono::nanoseconds now = options.elapsed();
    progress.show({.elapsed = now,
                   .left = time_left(now - began, i, cells.size()),
                   .launch = i + 1,
                   .launches = cells.size(),
                   .cell = cells[i]->name,
                   .failures = report.failed.size()});
    const LaunchOutcome outcome = launch_counted(*cells[i], options);
    if (was_interrupted(outcome)) break;
    if (std::string reason = why_uncounted(outcome); !reason.empty()) {
      report.failed.push_back({cells[i]->name, std::move(reason)});
      continue;
    }
    const auto& measurement = std::get<Measurement>(outcome);
    add(counts, cells[i]->name, measurement.messages, *measurement.counts);
  }
  if (!options.is_interrupted()) return;
  report.session.complete = false;
  report.session.note = fmt::format("Interrupted after all other launches, when {} of {} had been counted.",
                                    counts.cells.size(), counted(cells.size(), "cell"));
}

}  // namespace ipcbench
