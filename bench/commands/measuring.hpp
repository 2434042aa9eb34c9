// What commands that measure a session say and ask around it.
#pragma once

#include <map>
#include <string>

#include "bench/run/plan.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Printed before the measurement, when the user can still act on them. The table repeats them.
void say_doubts(const Report& report);

// On standard error, visible even if standard output goes to a file.
void say_shortcomings(const Report& report);

// What the plan's mechanisms guarantee, found out before the first launch, outside the budget. A report
// without them is better than none; `problem` says why.
std::map<std::string, Guarantees> guarantees_in(const Plan& plan, std::string& problem);

// The plan. Throws UsageError if nothing of it is possible here.
Plan plan_for(const std::vector<Cell>& cells, const std::vector<Placement>& placements);

}  // namespace ipcbench
