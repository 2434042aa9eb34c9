// What a run will launch: the cells that this machine can run, where their ends go, and in which order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/host/topology.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct PlannedCell {
  Cell cell;
  std::string name;  // cell_name(cell)
  Placement placement;
};

struct Plan {
  std::vector<PlannedCell> cells;
  std::vector<Omission> skipped;
};

// Why a cell cannot be launched; empty if it can.
using SkipReason = std::function<std::optional<std::string>(const Cell&)>;

// What the cell itself excludes (skip.hpp), what this machine has no way to do, and what it refuses when it
// is tried (refusal.hpp). Each is tried once for all cells that need the same, so that it is to be asked for
// one plan only.
SkipReason reasons_here();

Plan make_plan(const std::vector<Cell>& cells, const std::vector<Placement>& placements,
               const SkipReason& why = reasons_here());

// The numbers 0 to count - 1 in the order of one round: the same for the same seed and round, whatever the
// standard library (std::shuffle may differ between them).
std::vector<std::size_t> round_order(std::size_t count, std::uint64_t seed, std::uint32_t round);

}  // namespace ipcbench
