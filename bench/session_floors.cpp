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

double launch_null(const RoundsOptions& options) {
  Cell cell;  // one byte, unpinned
  cell.mechanism = kNull;
  if (why_skipped(cell)) return 0;
  const auto outcome = options.launch(cell, {.placement = {},
                                             .warm_up = std::chrono::milliseconds(1),
                                             .timed = std::chrono::milliseconds(5),
                                             .time_limit = std::chrono::seconds(10),
                                             .interrupted = options.interrupted});
  const auto* measurement = std::get_if<Measurement>(&outcome);
  return measurement == nullptr ? 0 : time_ns({.cell = cell, .launch = 0, .measurement = *measurement});
}

}  // namespace

Floors measure_floors(const Plan& plan, const RoundsOptions& options) {
  Floors floors;
  const ClockFacts clock = measure_clock();
  floors.clock_ns = clock.cost_ns;
  floors.clock_resolution_ns = clock.resolution_ns;
  std::set<std::size_t> sizes;
  for (const PlannedCell& planned : plan.cells) sizes.insert(planned.cell.size_bytes);
  sizes.erase(0);  // nothing to copy
  for (const std::size_t size : sizes) floors.memcpy_ns.push_back({size, memcpy_floor_ns(size)});
  floors.null_round_trip_ns = launch_null(options);
  return floors;
}

void refine_floors(Floors& floors, const std::vector<Row>& rows) {
  floors.null_round_trip_ns = null_round_trip_ns(rows).value_or(floors.null_round_trip_ns);
}

}  // namespace ipcbench
