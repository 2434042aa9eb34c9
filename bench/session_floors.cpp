#include "bench/session_floors.hpp"

#include <map>
#include <set>

#include "harness/clock.hpp"
#include "harness/floors.hpp"
#include "results/row_metrics.hpp"
#include "results/statistics.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kNull = "null";

std::optional<double> null_round_trip_ns(const std::vector<Row>& rows) {
  std::map<std::size_t, std::vector<double>> by_size;
  for (const Row& row : rows) {
    const bool counts = row.cell.mechanism == kNull && row.cell.pattern == Pattern::latency;
    if (counts) by_size[row.cell.size_bytes].push_back(time_ns(row));
  }
  if (by_size.empty()) return std::nullopt;
  return median(by_size.begin()->second);
}

std::vector<Row> launch_null(const RoundsOptions& options) {
  Cell cell;  // one byte, unpinned
  cell.mechanism = kNull;
  if (why_skipped(cell)) return {};
  const auto outcome = options.launch(cell, {.placement = {},
                                             .warm_up = options.phases.warm_up,
                                             .timed = options.phases.timed,
                                             .time_limit = options.time_limit,
                                             .interrupted = options.interrupted});
  const auto* measurement = std::get_if<Measurement>(&outcome);
  if (measurement == nullptr) return {};
  return {{.cell = cell, .launch = 0, .measurement = *measurement}};
}

}  // namespace

void measure_floors_before(Floors& floors, const Plan& plan) {
  const ClockFacts clock = measure_clock();
  floors.clock_ns = clock.cost_ns;
  floors.clock_resolution_ns = clock.resolution_ns;
  std::set<std::size_t> sizes;
  for (const PlannedCell& planned : plan.cells) sizes.insert(planned.cell.size_bytes);
  for (const std::size_t size : sizes) floors.memcpy_ns.push_back({size, memcpy_floor_ns(size)});
}

void complete_floors(Report& report, const RoundsOptions& options) {
  auto round_trip_ns = null_round_trip_ns(report.rows);
  const bool interrupted = options.interrupted != nullptr && *options.interrupted != 0;
  if (!round_trip_ns && !interrupted) round_trip_ns = null_round_trip_ns(launch_null(options));
  report.floors.null_round_trip_ns = round_trip_ns.value_or(0);
}

}  // namespace ipcbench
