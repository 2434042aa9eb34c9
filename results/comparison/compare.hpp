// Comparing two reports, and what a duet has to run again. Pure functions: nothing here measures.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/comparison/independent.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// Two sides of one duet are compared block by block, other reports as two sessions. Throws ReportError if no
// cell is in both.
Comparison compare(const SampledReport& base, const SampledReport& candidate, const GateSettings& settings,
                   const CompareOptions& options);

// After the first blocks of a duet: the names of the cells to run again, in the order of the base. About
// settings.suspicious_share of the cells and of the families, those that look slower; all of them if the
// whole does.
std::vector<std::string> suspicious_cells(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings);

}  // namespace ipcbench
