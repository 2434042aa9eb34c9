// What the harness and the machine cost by themselves, measured in the same session as everything else.
#pragma once

#include "bench/plan.hpp"
#include "bench/rounds.hpp"
#include "results/report.hpp"

namespace ipcbench {

// The clock, and a memcpy of each size in the plan.
void measure_floors_before(Floors& floors, const Plan& plan);

// The round trip over nothing: from the rows of the mechanism `null`, smallest size; by a launch of its own
// if there are none, unless the session was interrupted.
void complete_floors(Report& report, const RoundsOptions& options);

}  // namespace ipcbench
