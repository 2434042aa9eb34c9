// The tables of the counted launches: what a message costs each end.
#pragma once

#include <string>
#include <vector>

#include "results/report/report.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {

// A table for each set of cells that cell_tables() puts together, with a line for each counted cell, a column
// for each counter that counted anywhere, and the producer's and the consumer's count of a message in each.
// An explanation and the reasons for missing counters follow. Ends with a blank line; empty if nothing was
// counted.
std::string count_tables(const Report& report, const std::vector<CellSummary>& summaries,
                         std::size_t columns);

}  // namespace ipcbench
