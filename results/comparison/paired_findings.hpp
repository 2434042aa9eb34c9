// The statistics of a duet: both sides were measured block by block, so each block gives a log ratio.
//
// The first blocks select what is run again. A cell that was run again is judged by its fresh blocks alone,
// which the selection has not seen. So the selection may be as greedy as it likes without raising the rate of
// false alarms.
#pragma once

#include <vector>

#include "results/comparison/gate_settings.hpp"
#include "results/comparison/paired_hypothesis.hpp"

namespace ipcbench {

// The p values of each hypothesis, corrected for all of its level: of being slower, from the fresh blocks (1
// without them); and the false-discovery rate at which it is faster, from the first ones.
struct PairedTests {
  std::vector<double> p_slower;
  std::vector<double> p_faster;
};
PairedTests test_pairs(const std::vector<PairedHypothesis>& hypotheses, const GateSettings& settings);

}  // namespace ipcbench
