// Which cells two reports have in common, and what belongs together: the frame that every comparison fills.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/gate_settings.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

struct CellPair {
  const SampledCell* base = nullptr;
  const SampledCell* candidate = nullptr;
};

// The cells of both that can be compared, in the order of the base.
std::vector<CellPair> common_cells(const SampledReport& base, const SampledReport& candidate);

// Cells judged together; `cells` are places in a list of cells.
struct CellGroup {
  std::string name;
  std::vector<std::size_t> cells;
};

// The families of the settings, or by default those that differ in size only. Groups of one cell are left
// out: the cell speaks for itself. Cells that are not pinned belong to no family.
std::vector<CellGroup> families_of(const std::vector<CellPair>& cells, const GateSettings& settings);

// The family a cell is listed under: the first that it belongs to, whatever its size.
std::string family_of(const SampledCell& cell, const GateSettings& settings);

// All pinned cells, if there are two families at least; otherwise the family is the whole.
std::vector<CellGroup> whole_of(const std::vector<CellPair>& cells, const GateSettings& settings);

inline constexpr const char* kWholeName = "all cells";

}  // namespace ipcbench
