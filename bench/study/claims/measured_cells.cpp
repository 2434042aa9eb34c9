#include "bench/study/claims/measured_cells.hpp"

#include "results/report/row_metrics.hpp"

namespace ipcbench {
namespace {

// An open loop's times depend on what was offered, and a fan's on how many share.
bool ranked(const Cell& cell) {
  const bool pattern = cell.pattern == Pattern::latency || cell.pattern == Pattern::throughput;
  return pattern && cell.size_bytes > 0 && cell.payload != Payload::untouched && cell.parameters.empty();
}

void estimate(MeasuredCell& measured) {
  std::vector<double> times_ns;
  std::vector<double> cpu_times_ns;
  for (const Row* row : measured.launches) {
    times_ns.push_back(time_ns(*row));
    cpu_times_ns.push_back(cpu_ns_per_message(*row, Side::producer) +
                           cpu_ns_per_message(*row, Side::consumer));
  }
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
  for (const Row& row : report.rows) {
    if (!ranked(row.cell)) continue;
    MeasuredCell& measured = cells[setting_of(row.cell)][row.cell.mechanism];
    measured.cell = row.cell;
    measured.launches.push_back(&row);
  }
  for (auto& [setting, mechanisms] : cells) {
    for (auto& [mechanism, measured] : mechanisms) estimate(measured);
  }
  return cells;
}

}  // namespace ipcbench
