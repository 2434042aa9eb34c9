// The statistics of a duet: both sides were measured block by block, so each block gives a log ratio.
//
// The first blocks select what is run again. A cell that was run again is judged by its fresh blocks alone,
// which the selection has not seen. So the selection may be as greedy as it likes without raising the rate of
// false alarms.
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
};

// Several cells as one: in each block the Hodges-Lehmann centre of the cells that have a value there, or NaN
// if fewer than half of them have one.
Differences centre_of(const std::vector<const Differences*>& cells);

// The cells to run again after the first blocks, in ascending order.
std::vector<std::size_t> suspicious(const std::vector<PairedHypothesis>& hypotheses,
                                    const GateSettings& settings);

// The p values of each hypothesis, corrected for all of its level: of being slower, from the fresh blocks (1
// without them), and of being faster, from the first ones.
struct PairedTests {
  std::vector<double> p_slower;
  std::vector<double> p_faster;
};
PairedTests test_pairs(const std::vector<PairedHypothesis>& hypotheses, const GateSettings& settings);

}  // namespace ipcbench
