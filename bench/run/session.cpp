#include "bench/run/session.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <random>
#include <set>

#include "bench/run/benchmark_context.hpp"
#include "bench/run/session_floors.hpp"
#include "harness/host/activity.hpp"
#include "harness/host/environment.hpp"

namespace ipcbench {

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string new_session_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

namespace {

Session begin_session(const SessionOptions& options) {
  Session session;
  session.id = new_session_id();
  session.seed = options.rounds.seed;
  session.profile = options.profile;
  session.command = options.command;
  session.started_utc = utc_now();
  session.planned_launches = options.rounds.launches;
  return session;
}

std::vector<Placement> placements_of(const Plan& plan) {
  std::vector<Placement> placements;
  for (const PlannedCell& planned : plan.cells) {
    if (std::ranges::find(placements, planned.placement) == placements.end())
      placements.push_back(planned.placement);
  }
  return placements;
}

template <class Item>
void append(std::vector<Item>& to, const std::vector<Item>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::vector<int> watched_cpus(const Plan& plan) {
  std::set<int> cpus;
  for (const Placement& placement : placements_of(plan)) {
    if (!placement.producer_cpu || !placement.consumer_cpu) return allowed_cpus();
    cpus.insert({*placement.producer_cpu, *placement.consumer_cpu});
  }
  return {cpus.begin(), cpus.end()};
}

void add_activity(Report& report, const HostActivity& before, const HostActivity& after) {
  append(report.host, activity_facts(before, after));
  append(report.doubts, activity_doubts(before, after));
}

namespace {

void add_result(Report& report, RoundsResult&& result) {
  report.rows = std::move(result.rows);
  report.failed = std::move(result.failed);
  append(report.skipped, result.left_out);
  report.session.complete = result.complete;
  report.session.note = std::move(result.note);
  report.session.precision = result.precision;
  if (result.shortened) {
    report.doubts.push_back({Doubt::Level::warn, "Phases were shortened to keep to the time budget.",
                             "Raise --budget, or select fewer cells."});
  }
}

}  // namespace

Report begin_report(const Plan& plan, const SessionOptions& options) {
  Report report;
  report.version = IPCBENCH_VERSION;
  report.session = begin_session(options);
  report.context = benchmark_context(options.program);
  report.host = host_facts();
  report.doubts = host_doubts(report.host);
  append(report.doubts, placement_doubts(placements_of(plan)));
  report.floors = measure_floors(plan, options.rounds);
  report.skipped = plan.skipped;
  return report;
}

void run_session(Report& report, const Plan& plan, const SessionOptions& options, Progress& progress) {
  const std::vector<int> watched = watched_cpus(plan);
  const HostActivity before = read_host_activity(watched);
  add_result(report, run_rounds(plan.cells, options.rounds, progress));
  refine_floors(report.floors, report.rows);
  if (report.floors.null_round_trip_ns == 0) {
    report.doubts.push_back(
        {Doubt::Level::warn,
         "The floor could not be measured: what the harness itself costs is not known, and "
         "stands as 0.",
         "Measure the mechanism null by itself, which says why it fails."});
  }
  add_activity(report, before, read_host_activity(watched));
  report.session.ended_utc = utc_now();
}

}  // namespace ipcbench
