// The cells of a report that may be ranked, each as all its launches have it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "results/report/report.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

struct MeasuredCell {
  Cell cell;
  std::vector<const Row*> launches;  // of the report, which has to outlive this
  Estimate time_ns;                  // latency: the median round trip; throughput: time per message
  Estimate cpu_ns;                   // CPU time of both ends per message
};

// What two cells have in common that differ in nothing but the mechanism: the cell's name without it.
using CellSetting = std::string;
CellSetting setting_of(Cell cell);

// By setting, then by mechanism.
using MeasuredCells = std::map<CellSetting, std::map<std::string, MeasuredCell>>;

// The cells of the patterns `latency` and `throughput` at default parameters, in which the payload is really
// moved: tokens of 0 bytes and payload:untouched are no messages to rank.
MeasuredCells measured_cells(const Report& report);

}  // namespace ipcbench
