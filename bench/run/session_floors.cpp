#include "bench/run/session_floors.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <stdexcept>

#include "harness/base/clock.hpp"
#include "harness/launch/skip.hpp"
#include "harness/loops/floors.hpp"
#include "results/report/row_metrics.hpp"
#include "results/statistics/statistics.hpp"

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

// What stops a launch that needs no object stops every launch.
double launch_null(const RoundsOptions& options) {
  Cell cell;  // one byte, unpinned
  cell.mechanism = kNull;
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
  return time_ns({.cell = cell, .launch = 0, .measurement = std::get<Measurement>(outcome)});
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
