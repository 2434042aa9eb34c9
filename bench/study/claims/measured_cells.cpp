#include "bench/study/claims/measured_cells.hpp"

#include <vector>

#include "harness/registry/registry.hpp"
#include "results/report/metrics.hpp"

namespace ipcbench {
namespace {

// An open loop's times depend on the offered load, and a fan's on the number of ends.
bool is_ranked(const Cell& cell) {
  const bool pattern = cell.pattern == Pattern::latency || cell.pattern == Pattern::throughput;
  return pattern && cell.size_bytes > 0 && cell.payload != Payload::untouched && cell.parameters.empty();
}

MechanismInfo info_of(const Report& report, const std::string& name) {
  if (const MechanismInfo* const described = find_info(report.mechanisms, name)) return *described;
  const MechanismEntry* const entry = find_mechanism(name);
  return entry == nullptr ? MechanismInfo{.name = name, .made_of = {}} : info_of(entry->traits);
}

void estimate(MeasuredCell& measured, std::vector<double> times_ns) {
  std::vector<double> cpu_times_ns;
  cpu_times_ns.reserve(measured.launch_cpu_ns.size());
  for (const auto& [launch, cpu_ns] : measured.launch_cpu_ns) cpu_times_ns.push_back(cpu_ns);
  measured.time_ns = estimate_median(std::move(times_ns));
  measured.cpu_ns = estimate_median(std::move(cpu_times_ns));
}

}  // namespace

CellSetting setting_of(Cell cell) {
  cell.mechanism.clear();
  return cell_name(cell);
}

MeasuredCells measured_cells(const Report& report) {
  MeasuredCells cells;
  std::map<const MeasuredCell*, std::vector<double>> times_ns;
  for (const auto& [cell, full_name, launches] : report.cells) {
    if (!is_ranked(cell)) continue;
    MeasuredCell& measured = cells[setting_of(cell)][cell.mechanism];
    measured.cell = cell;
    measured.mechanism = info_of(report, cell.mechanism);
    for (const Launch& each : launches) {
      measured.launch_cpu_ns[each.number] = cpu_ns_per_message(each.measurement);
      times_ns[&measured].push_back(time_ns(cell.pattern, each.measurement));
    }
  }
  for (auto& [setting, mechanisms] : cells) {
    for (auto& [name, measured] : mechanisms) estimate(measured, times_ns[&measured]);
  }
  return cells;
}

}  // namespace ipcbench
