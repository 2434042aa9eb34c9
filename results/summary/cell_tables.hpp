// The tables of the summary: mechanisms over message sizes.
#pragma once

#include <string>
#include <vector>

#include "results/summary/summary.hpp"

namespace ipcbench {

// One table for each set of cells that may be ranked together: those that differ in mechanism, its settings
// and size alone. A blank line stands behind each.
std::string cell_tables(const std::vector<CellSummary>& summaries);

}  // namespace ipcbench
