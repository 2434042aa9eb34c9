// The plan of a run: the cells that this machine can launch, the CPUs of their ends, and the order.
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

// Why a paced cell cannot be offered its absolute rate, with the remedy, where the pacer itself reaches
// `most_per_second`; empty if it can.
std::optional<std::string> why_too_fast(const OfferedLoad& load, double most_per_second);

// Infeasible cells, cells that this machine does not support, and cells that it refuses in a trial
// (skip.hpp).
// Caches its trials: use a new instance for each plan.
SkipReason reasons_here();

Plan make_plan(const std::vector<Cell>& cells, const std::vector<Placement>& placements,
               const SkipReason& why = reasons_here());

// The numbers 0 to count - 1 in the order of one round. The same seed and round give the same order with
// every standard library, unlike std::shuffle.
std::vector<std::size_t> round_order(std::size_t count, std::uint64_t seed, std::uint32_t round);

}  // namespace ipcbench
