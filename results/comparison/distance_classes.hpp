// Launches whose CPUs were equally far apart. A hypervisor that moves virtual CPUs multiplies the time of a
// message between them, on either side of a comparison.
#pragma once

#include <cstddef>
#include <vector>

#include "results/comparison/findings.hpp"

namespace ipcbench {

// The launches of a cell at one distance.
struct DistanceClass {
  std::vector<Sample> base;
  std::vector<Sample> candidate;
};

// Fewer launches of a side say too little about a class.
inline constexpr std::size_t kFewestOfClass = 3;

// By distance, the nearest first. A class reaches from its nearest launch to kOneDistance times that
// (line_distance.hpp), over the launches of both sides together. So the classes come from the distances
// alone, and if the sides are alike, so are their launches within a class. One class if some launch does not
// say its distance, as on one CPU.
std::vector<DistanceClass> distance_classes(const CellPair& cell);

// The classes to compare in: the only one, otherwise those in which each side has kFewestOfClass launches.
// Empty: the sides were never at one distance often enough.
std::vector<DistanceClass> comparable_classes(const CellPair& cell);

// Whether the two launches of a block may be compared: their CPUs were at one distance, or it is unknown. The
// answer is the same if the sides are swapped, so leaving the other blocks out keeps a block's value as
// likely to have either sign if the sides are alike.
bool at_one_distance(const Sample& base, const Sample& candidate);

// How many blocks of how many, over all cells, at_one_distance() leaves out of a duet.
struct MovedPairs {
  std::size_t moved = 0;
  std::size_t all = 0;
};
MovedPairs moved_pairs(const std::vector<CellPair>& cells);

}  // namespace ipcbench
