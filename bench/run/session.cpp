#include "bench/run/session.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <stdexcept>

#include "bench/run/benchmark_driver.hpp"
#include "bench/run/paced_phase.hpp"
#include "harness/base/clock.hpp"
#include "harness/host/activity.hpp"
#include "harness/host/environment.hpp"
#include "harness/launch/placement_costs.hpp"
#include "harness/launch/skip.hpp"
#include "harness/loops/floors.hpp"
#include "harness/plugin/plugin.hpp"
#include "harness/registry/registry.hpp"
#include "results/report/metrics.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

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

// The floor that moves nothing between its ends: its round trip is the cost of the harness.
const MechanismEntry* empty_floor() {
  const auto found = std::ranges::find_if(mechanisms(), [](const MechanismEntry& entry) {
    return is_floor(entry.traits) && !entry.traits.carries_payload;
  });
  return found == mechanisms().end() ? nullptr : &*found;
}

// The empty floor's median round trip at its smallest size, if it is among the cells.
std::optional<double> measured_null_round_trip_ns(const ReportCells& cells) {
  const MechanismEntry* const floor = empty_floor();
  std::map<std::size_t, std::vector<double>> by_size;
  for (const auto& [cell, name, launches] : cells) {
    if (floor == nullptr || cell.mechanism != floor->traits.name || cell.pattern != Pattern::latency ||
        cell.beside != Beside::none)
      continue;
    for (const Launch& each : launches) {
      by_size[cell.size_bytes].push_back(time_ns(cell.pattern, each.measurement));
    }
  }
  if (by_size.empty()) return std::nullopt;
  return median(by_size.begin()->second);
}

// Throws on failure: this launch needs no object, so its error would stop every other launch too.
double launch_empty_floor(const RoundsOptions& options) {
  const MechanismEntry* const floor = empty_floor();
  Cell cell;  // one byte, unpinned
  if (floor != nullptr) cell.mechanism = floor->traits.name;
  if (why_skipped(cell)) return 0;
  const auto outcome = options.launch(cell, {.placement = {},
                                             .warm_up = std::chrono::milliseconds(1),
                                             .timed = std::chrono::milliseconds(5),
                                             .time_limit = std::chrono::seconds(10),
                                             .interrupted = options.interrupted});
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    if (failure->kind == Failure::Kind::interrupted) return 0;
    throw std::runtime_error(fmt::format("Nothing can be launched here: {}", failure->reason));
  }
  return time_ns(cell.pattern, std::get<Measurement>(outcome));
}

std::vector<Floors::Distance> measure_distances(const std::vector<Placement>& placements) {
  std::vector<Floors::Distance> distances;
  for (const Placement& placement : placements) {
    const auto& [line_rtt_ns, wake_ns] = placement_costs(placement);
    distances.push_back({.cpus = placement.cpus, .line_rtt_ns = line_rtt_ns, .wake_ns = wake_ns});
  }
  return distances;
}

// Measures the clock, a memcpy of each size and the placements of the plan, and a short launch of the empty
// floor. Throws std::runtime_error if not even that launch is possible.
Floors measure_floors(const Plan& plan, const RoundsOptions& options) {
  Floors floors;
  const ClockFacts& clock = clock_facts();
  floors.clock_ns = clock.cost_ns;
  floors.clock_resolution_ns = clock.resolution_ns;
  std::set<std::size_t> sizes;
  for (const PlannedCell& planned : plan.cells) sizes.insert(planned.cell.size_bytes);
  sizes.erase(0);  // nothing to copy
  for (const std::size_t size : sizes) floors.memcpy_ns.push_back({size, memcpy_floor_ns(size)});
  floors.distances = measure_distances(placements_of(plan));
  floors.null_round_trip_ns = launch_empty_floor(options);
  return floors;
}

void add_result(Report& report, RoundsResult&& result) {
  report.cells = std::move(result.cells);
  report.failed = std::move(result.failed);
  append(report.skipped, result.left_out);
  report.session.complete = result.complete;
  report.session.note = std::move(result.note);
  report.session.precision = result.precision;
  report.session.repeated_launches = result.repeated;
  if (result.shortened) {
    report.doubts.push_back({Doubt::Level::warn, "Phases were shortened to keep to the time budget.",
                             "Raise --budget, or select fewer cells."});
  }
}

RunSettings settings_of(const RoundsOptions& rounds) {
  return {.warm_up = rounds.phases.warm_up,
          .timed = rounds.phases.timed,
          .longest_timed = rounds.longest_timed,
          .budget = rounds.budget,
          .adds_launches = rounds.add_launches && rounds.budget.has_value()};
}

// Those that are planned or were probed, in the order of `ipcbench list`.
std::vector<MechanismInfo> describe_mechanisms(const Plan& plan,
                                               const std::map<std::string, Guarantees>& guarantees) {
  std::set<std::string_view> planned;
  for (const auto& [name, answers] : guarantees) planned.insert(name);
  for (const PlannedCell& each : plan.cells) planned.insert(each.cell.mechanism);
  std::vector<MechanismInfo> described;
  for (const MechanismEntry& entry : mechanisms()) {
    if (!planned.contains(entry.traits.name)) continue;
    described.push_back(info_of(entry.traits));
    if (const Parameter* buffer = buffer_parameter(entry)) described.back().buffer = buffer->name;
  }
  return described;
}

}  // namespace

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string new_session_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

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

// What a mechanism's file was compiled with decides its time as much as its code.
std::vector<Doubt> mechanism_doubts(const Plan& plan) {
  std::set<std::string> slow;
  for (const PlannedCell& planned : plan.cells) {
    const MechanismEntry* const entry = find_mechanism(planned.cell.mechanism);
    if (entry != nullptr && !entry->is_optimised) slow.insert(planned.cell.mechanism);
  }
  if (slow.empty()) return {};
  return {{Doubt::Level::warn, fmt::format("Compiled without optimisation: {}.", fmt::join(slow, ", ")),
           "Build with CMAKE_BUILD_TYPE=Release."}};
}

// Which shared objects took part, and what a call into one costs.
std::vector<Fact> plugin_facts() {
  if (loaded_plugins().empty()) return {};
  std::string all;
  for (const LoadedPlugin& plugin : loaded_plugins()) {
    std::error_code gone;
    all += fmt::format("{}{} ({} bytes): {}", all.empty() ? "" : "; ", plugin.file.filename().string(),
                       std::filesystem::file_size(plugin.file, gone), fmt::join(plugin.mechanisms, ", "));
  }
  return {{"plugins", all}, {"plugin_call_ns", fmt::format("{:.2f}", plugin_call_ns())}};
}

Report begin_report(const Plan& plan, const SessionOptions& options) {
  Report report;
  report.version = IPCBENCH_VERSION;
  report.session.id = new_session_id();
  report.session.seed = options.rounds.seed;
  report.session.profile = options.profile;
  report.session.command = options.command;
  report.session.started_utc = utc_now();
  report.session.planned_launches = options.rounds.launches;
  report.session.settings = settings_of(options.rounds);
  report.context = benchmark_context(options.program);
  report.host = host_facts();
  append(report.host, plugin_facts());
  report.doubts = host_doubts(report.host);
  append(report.doubts, placement_doubts(placements_of(plan)));
  append(report.doubts, mechanism_doubts(plan));
  append(report.doubts, short_phase_doubts(plan.cells, options.rounds));
  report.floors = measure_floors(plan, options.rounds);
  report.mechanisms = describe_mechanisms(plan, options.guarantees);
  report.guarantees = options.guarantees;
  report.skipped = plan.skipped;
  return report;
}

void run_session(Report& report, const Plan& plan, const SessionOptions& options, Progress& progress) {
  const std::vector<int> watched = watched_cpus(plan);
  const HostActivity before = read_host_activity(watched);
  add_result(report, run_rounds(plan.cells, options.rounds, progress));
  report.floors.null_round_trip_ns =
      measured_null_round_trip_ns(report.cells).value_or(report.floors.null_round_trip_ns);
  if (report.floors.null_round_trip_ns == 0) {
    report.doubts.push_back(
        {Doubt::Level::warn,
         "The floor could not be measured: the cost of the harness is unknown and reported as 0.",
         "Measure the floors by themselves to see why they fail."});
  }
  add_activity(report, before, read_host_activity(watched));
  report.session.ended_utc = utc_now();
}

}  // namespace ipcbench
