// Which cells of a ranking cannot be told apart.
#pragma once

#include <cstddef>
#include <vector>

#include "results/summary/summary.hpp"

namespace ipcbench {

// For each summary of a report, the indices of those that cannot be told from it, ascending, without itself.
// Cells are compared where they agree on all axes but the mechanism and its parameters: group_of() and the
// size. Floors take no part.
//
// Launches of one number were made in the same round, so their figures are compared as pairs: two cells
// differ if Student's t for the logarithms of their ratios rejects at 5 %, divided by the number of pairs in
// that ranking. So the chance that a ranking calls any equals different is at most 5 %, whichever of its
// cells a reader asks for. A pair's variance is never taken below its own; the other pairs of the ranking add
// freedom (Smyth, Stat. Appl. Genet. Mol. Biol. 3(1), 2004), at most half of what they have. Cells with fewer
// than two rounds in common cannot be told apart.
std::vector<std::vector<std::size_t>> ties(const std::vector<CellSummary>& summaries);

}  // namespace ipcbench
