// The machines that a report's machine is ranked among, read from an index.
#pragma once

#include <string>
#include <vector>

#include "results/comparison/class_rank.hpp"
#include "results/index/index.hpp"

namespace ipcbench {

// As class_of() a session.
std::string class_of(const IndexedReport& report);

// The newest session of each other machine that has the cell, for each of `cells` that the report has too.
// Machines are told apart by IndexedHost::key, so that no session of the report's own machine takes part, and
// neither does one with the report's digest. Of the filter's sessions: without its `classes`, those whose
// class is exactly the report's. Throws IndexError.
ClassMembers read_class_members(Index& index, const IndexedReport& report,
                                const std::vector<IndexedCell>& cells, SessionFilter filter);

}  // namespace ipcbench
