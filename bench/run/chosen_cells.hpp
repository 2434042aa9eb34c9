// Which cells of a report or an index the options that name cells choose.
#pragma once

#include <map>
#include <regex>
#include <span>
#include <string>
#include <vector>

#include "bench/run/run_arguments.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/mechanism_info.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// The reverse of cell_name(), without parameters. Throws std::invalid_argument for a value that this program
// does not know.
Cell cell_named(const std::string& name);

class ChosenCells {
 public:
  // axes, filter: as declare_axes() and --filter have them; empty: all cells. `among`: the mechanisms that
  // there are. Throws UsageError.
  ChosenCells(const AxisTexts& axes, const std::string& filter, std::span<const MechanismInfo> among);

  [[nodiscard]] bool is_all() const { return all_; }
  [[nodiscard]] bool has(const Cell& cell, const std::string& name) const;
  // Of a cell of which only the name is known. Those of other programs may have other axes.
  [[nodiscard]] bool has(const std::string& name) const;

 private:
  // What is wanted of each axis that was named.
  std::map<const CellAxis*, std::vector<std::string>> wanted_;
  bool all_;
  std::regex filter_;
};

// The mechanisms that were measured, described by the report or not.
std::vector<MechanismInfo> measured_mechanisms(const Report& report);

// The report with the chosen cells alone. What is said of the whole run, such as its warnings, stays. Throws
// UsageError, which names the file, if none is left.
Report chosen_part(Report report, const ChosenCells& chosen, const std::string& file);

}  // namespace ipcbench
