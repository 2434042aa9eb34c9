// Counted launches: what a message costs in system calls, and in what the CPU counts.
#pragma once

#include "bench/run/plan.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/rounds_options.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Launches each measured cell once more and adds its counts to the report. Counting takes time (a system call
// takes longer while it is traced), so these launches come after all others, and beyond the budget. One that
// fails is among the failed launches. An interruption makes the session incomplete; one before the first of
// them leaves the report as it is.
void add_counts(Report& report, const Plan& plan, const RoundsOptions& options, Progress& progress);

}  // namespace ipcbench
