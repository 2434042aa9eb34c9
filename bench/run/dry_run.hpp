// The plan of a run for people and programs: `ipcbench run --dry-run`.
#pragma once

#include <chrono>
#include <string>

#include "bench/run/plan.hpp"
#include "bench/run/rounds_options.hpp"

namespace ipcbench {

// How long the planned launches take: their phases, and what a launch usually takes beyond them
// (kUsualOverhead), but no longer than the budget.
std::chrono::nanoseconds expected_time(const Plan& plan, const RoundsOptions& options);

// How many cells, launches and minutes; the cells; and those skipped, with the reason once for all that have
// it.
std::string plan_text(const Plan& plan, const RoundsOptions& options);

// {"cells": [...], "skipped": [{"cell", "reason"}], "launches_per_cell", "launches", "expected_seconds",
// "budget_seconds"}; the budget is null where there is none.
std::string plan_json(const Plan& plan, const RoundsOptions& options);

}  // namespace ipcbench
