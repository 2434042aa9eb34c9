// A run like the one of a report: its cells, its seed, and how it made its launches.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/run/session.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct RepeatedRun {
  std::vector<Cell> cells;  // those that the report measured
  SessionOptions session;   // without command, program and guarantees
};

// `launches`: exactly so many of each cell, without a budget; empty: as many as the report's run planned, and
// more of uncertain cells where it added some. Reports of older programs do not say how long the phases were;
// then the command line of the report does. Throws UsageError if that does not say it either (a job file).
RepeatedRun repeated_run(const Report& report, std::optional<std::uint32_t> launches);

// Cells in the order of their first launches, back in the order of the plan from which the seed drew that
// one. So the same seed draws the same order again. Exact if each planned cell was launched in the first
// round.
std::vector<Cell> in_order_of_plan(const std::vector<Cell>& launched, std::uint64_t seed);

}  // namespace ipcbench
