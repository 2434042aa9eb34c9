// Which cells of a ranking cannot be told apart.
#pragma once

#include <cstddef>
#include <vector>

#include "results/summary/summary.hpp"

namespace ipcbench {

// Of the pairs of a ranking that ties() tells apart, this share may be alike.
inline constexpr double kFalseDiscoveryRate = 0.05;

// What a ranking has to know of a cell.
struct Contestant {
  const Cell* cell = nullptr;
  bool floor = false;
  Estimate figure;                    // the median of `figures`
  std::vector<LaunchFigure> figures;  // CellSummary::figures
};
std::vector<Contestant> contestants(const std::vector<CellSummary>& summaries);

// For each cell of a report, the indices of those that cannot be told from it, ascending, without itself.
// Cells are compared where they agree on all axes but the mechanism and its parameters: group_of() and the
// size. Floors take no part.
//
// Launches of one number were made in the same round, so their figures are compared as pairs, by Student's t
// for the logarithms of their ratios. Where two cells have fewer than three rounds in common, or fewer than
// half of the launches of the one that has less (others are left out where their core was not their own),
// Welch's t compares all launches. The pairs of a ranking that differ are found at a false-discovery rate of
// 5 % (Benjamini and Hochberg, J. R. Statist. Soc. B 57, 1995): among equals, the chance to call any two
// different is at most 5 %, and of many pairs called different one in twenty may be alike. A pair's variance
// is never taken below its own; the other pairs of the ranking add freedom (Smyth, Stat. Appl. Genet. Mol.
// Biol. 3(1), 2004), half of what they have. Cells with a single launch cannot be told from any other.
using Ties = std::vector<std::vector<std::size_t>>;
Ties ties(const std::vector<Contestant>& all);
Ties ties(const std::vector<CellSummary>& summaries);

}  // namespace ipcbench
