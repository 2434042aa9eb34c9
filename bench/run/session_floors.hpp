// What the harness and the machine cost by themselves, measured in the same session as everything else.
#pragma once

#include "bench/run/plan.hpp"
#include "bench/run/rounds.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// The clock, a memcpy of each size in the plan, and the round trip over nothing by a short launch of `null`.
// Throws std::runtime_error if not even that can be launched.
Floors measure_floors(const Plan& plan, const RoundsOptions& options);

// If `null` was among the cells, its rows (those of the smallest size) say more about the round trip over
// nothing.
void refine_floors(Floors& floors, const std::vector<Row>& rows);

}  // namespace ipcbench
