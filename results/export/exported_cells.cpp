#include "results/export/exported_cells.hpp"

#include "results/report/metrics.hpp"

namespace ipcbench {

std::vector<ExportedCell> exported_cells(const Report& report) {
  std::vector<CellSummary> summaries = summarise(report);
  std::vector<ExportedCell> cells;
  cells.reserve(summaries.size());
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    cells.push_back({.name = report.cells[i].name,
                     .summary = std::move(summaries[i]),
                     .launches = &report.cells[i].launches});
  }
  return cells;
}

double cpu_ns_per_message(const ExportedCell& cell) {
  std::vector<double> values;
  values.reserve(cell.launches->size());
  for (const Launch& launch : *cell.launches) values.push_back(cpu_ns_per_message(launch.measurement));
  return median(std::move(values));
}

std::uint64_t messages(const ExportedCell& cell) {
  std::uint64_t sum = 0;
  for (const Launch& launch : *cell.launches) sum += launch.measurement.messages;
  return sum;
}

bool measures_rate(const ExportedCell& cell) { return !times_messages(cell.summary.cell.pattern); }

std::string json_file(const nlohmann::ordered_json& json) {
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace ipcbench
