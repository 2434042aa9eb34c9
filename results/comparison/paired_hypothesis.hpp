// What a duet tests: log ratios by block.
#pragma once

#include <cstddef>
#include <vector>

#include "results/comparison/findings.hpp"
#include "results/statistics/sign_flips.hpp"

namespace ipcbench {

// One metric of a cell, of a family or of all cells: log(new / base) for each block; NaN where a block has no
// such pair.
struct PairedHypothesis {
  Level level = Level::cell;
  bool gated = true;               // false: takes part in no test
  std::vector<std::size_t> cells;  // indices into a list of cells
  Differences first;               // the first blocks, run for everything
  Differences second;              // the fresh ones; empty if this was not run again
  double smallest_effect = 0.05;   // the smallest change that counts, as a share
};

// Fewer pairs cannot reach 95 % in any test.
inline constexpr std::size_t kFewestPairs = 6;

// Those that are not missing.
Differences without_gaps(Differences differences);

// How many are not missing.
std::size_t pairs_in(const Differences& differences);

// The standard deviation of differences, from the interval of their centre, as if that were Student's, too
// small as often as too large: outliers hardly move it. Infinite for a single one.
double spread_of(const Differences& differences, const GateSettings& settings);

// Several cells as one: in each block the Hodges-Lehmann centre of the cells that have a value there, or NaN
// if fewer than half of them have one.
Differences centre_of(const std::vector<const Differences*>& cells);

}  // namespace ipcbench
