// The mechanisms of a report in the order of their speed, and those that cannot be told from the best.
#pragma once

#include <cstddef>
#include <vector>

#include "results/summary/cell_groups.hpp"
#include "results/summary/summary.hpp"
#include "results/summary/ties.hpp"

namespace ipcbench {

// A mechanism in a ranking, by the best of its settings that were measured.
struct Ranked {
  const CellSummary* cell = nullptr;
  double times = 1;    // how many times as long as the best, or how many times less: 1 or more
  bool alike = false;  // cannot be told from the best (ties()); true for the best
};

// The mechanisms of the cells that agree on everything but the mechanism and its parameters. Floors take no
// part.
struct Ranking {
  Group group;  // group_of() the cells
  std::size_t size_bytes = 0;
  std::vector<Ranked> order;  // the best first, those that are alike before all others; one at least
};

// By group, then size. They point into `summaries`.
std::vector<Ranking> rankings(const std::vector<CellSummary>& summaries);

// How many times as fast the first is as the second: by their times where messages are timed, else by their
// messages per second.
double times_between(const CellSummary& faster, const CellSummary& slower);

// For each cell, whether it is the best of its ranking or cannot be told from it. Floors are not.
std::vector<bool> leaders(const std::vector<Contestant>& all);

}  // namespace ipcbench
