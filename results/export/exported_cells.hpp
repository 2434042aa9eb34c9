// What all exports start from: the cells of a report with their launches.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/summary/summary.hpp"

namespace ipcbench {

struct ExportedCell {
  std::string name;
  CellSummary summary;
  const std::vector<Launch>* launches;  // of the report
};

// In the order of each cell's first row. Refers to the report, which has to outlive it. Throws as
// summarise().
std::vector<ExportedCell> exported_cells(const Report& report);

// CPU time of both ends per message, median over launches.
double cpu_ns_per_message(const ExportedCell& cell);

// Messages moved in all launches together.
std::uint64_t messages(const ExportedCell& cell);

// Whether the rate is what the cell measures; in ping-pong it is the inverse of the time, in paced it was
// offered.
bool measures_rate(const ExportedCell& cell);

// As a file: with a line's end. Text that is not UTF-8 has its bad bytes replaced.
std::string json_file(const nlohmann::ordered_json& json);

}  // namespace ipcbench
