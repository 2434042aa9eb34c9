// The statistics of a duet: both sides were measured block by block, so that each block gives a log ratio.
//
// The first blocks choose what is run again; what was run again is decided by its fresh blocks alone, which
// the choice has not seen. So the choice may be as greedy as it likes, and the false alarms of the decision
// stay at their level.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/statistics/sign_flips.hpp"
#include "results/statistics/signed_rank.hpp"

namespace ipcbench {

// One metric of a cell, of a family or of all cells: log(new / base) for each block; NaN where a block has no
// such pair.
struct PairedHypothesis {
  Level level = Level::cell;
  Metric metric = Metric::time;
  bool gated = true;               // false: takes part in no test
  std::vector<std::size_t> cells;  // places in a list of cells
  Differences first;               // the first blocks, run for everything
  Differences second;              // the fresh ones; empty if this was not run again
};

// Fewer pairs cannot reach 95 % in any test.
inline constexpr std::size_t kFewestPairs = 6;
std::size_t pairs_in(const Differences& differences);

// Several cells as one: in each block the Hodges-Lehmann centre of those that have a value there, at least
// half of them.
Differences centre_of(const std::vector<const Differences*>& cells);

// After the first blocks: which cells, of those that occur, to run again. In ascending order.
std::vector<std::size_t> suspicious(const std::vector<PairedHypothesis>& hypotheses,
                                    const GateSettings& settings);

// For each hypothesis, corrected for all of its level: the p value of being slower, over the fresh blocks (1
// for what has none), and of being faster, over the first ones.
struct PairedTests {
  std::vector<double> p_slower;
  std::vector<double> p_faster;
};
PairedTests test_pairs(const std::vector<PairedHypothesis>& hypotheses, const GateSettings& settings);

// What a hypothesis is judged by: its fresh blocks, or the first where it has none.
const Differences& deciding(const PairedHypothesis& hypothesis);

// How many hypotheses of a level share its error budget: those run again, or about as many as usually are.
std::size_t tests_of_level(const std::vector<PairedHypothesis>& hypotheses, Level level,
                           const GateSettings& settings);

// The probability of a false alarm that a level may spend.
double alpha_of(Level level, const GateSettings& settings);

}  // namespace ipcbench
