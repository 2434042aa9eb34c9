#include "results/export/exported_cells.hpp"

#include <fmt/format.h>

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

std::vector<std::pair<std::string, std::string>> axes_of(const Cell& cell) {
  std::vector<std::pair<std::string, std::string>> axes{{"mechanism", cell.mechanism},
                                                        {"pattern", std::string(name_of(cell.pattern))},
                                                        {"size_bytes", std::to_string(cell.size_bytes)},
                                                        {"wait", std::string(name_of(cell.wait))},
                                                        {"peers", std::string(name_of(cell.peers))},
                                                        {"cpus", std::string(name_of(cell.cpus))}};
  if (cell.pattern == Pattern::paced) {
    if (cell.load.percent != 0) {
      axes.emplace_back("rate_percent", std::to_string(cell.load.percent));
    } else {
      axes.emplace_back("rate_per_second", std::to_string(cell.load.per_second));
    }
    axes.emplace_back("arrivals", name_of(cell.load.arrivals));
  }
  if (is_fan(cell.pattern)) axes.emplace_back("fan", std::to_string(cell.fan));
  axes.emplace_back("payload", name_of(cell.payload));
  for (const auto& [name, value] : cell.parameters) axes.emplace_back(name, std::to_string(value));
  return axes;
}

std::string json_file(const nlohmann::ordered_json& json) {
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace ipcbench
