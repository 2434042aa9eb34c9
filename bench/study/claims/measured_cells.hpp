// The cells of a report that may be ranked, each over all its launches.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/base/mechanism_info.hpp"
#include "results/report/report.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

struct MeasuredCell {
  Cell cell;
  MechanismInfo mechanism;
  Estimate time_ns;  // latency: the median round trip; throughput: time per message
  Estimate cpu_ns;   // CPU time of both ends per message
  std::map<std::uint32_t, double> launch_cpu_ns;  // the same for each launch
};

// What two cells share that differ only in the mechanism: the cell's name without it.
using CellSetting = std::string;
CellSetting setting_of(Cell cell);

// By setting, then by mechanism.
using MeasuredCells = std::map<CellSetting, std::map<std::string, MeasuredCell>>;

// The cells of the patterns `latency` and `throughput` at default parameters that move a payload: tokens of 0
// bytes and payload:untouched are not ranked. What a mechanism is, the report says, or else this program's
// registry.
MeasuredCells measured_cells(const Report& report);

}  // namespace ipcbench
