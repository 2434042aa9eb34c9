// The tables of the summary: mechanisms over message sizes.
#pragma once

#include <string>
#include <vector>

#include "results/summary/summary.hpp"

namespace ipcbench {

// One table for each set of cells that may be ranked together: those that differ only in mechanism, its
// parameters and size. Each ends with a blank line. Marks beside a number name the reasons to doubt it. Where
// `columns` are too few for a table, it has fewer sizes; a name that is too long gets a line of its own.
std::string cell_tables(const std::vector<CellSummary>& summaries, std::size_t columns);

}  // namespace ipcbench
