// When a cell's median is known well enough, and what its interval is taken of.
#pragma once

#include "results/report/report.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

// Wanted: the interval of estimate_median() reaches no further than this share of the median to either side.
// What misses it is marked in the summary, and gets more launches while there is time.
inline constexpr double kPrecisionTarget = 0.10;

// With whatever confidence the interval has: 75 % after three launches, 95 % from six on. The median of one
// launch is never precise.
bool is_precise(const Estimate& estimate);

// The figure that the summary shows: time_ns() where messages are timed, otherwise messages_per_second().
double figure_of(Pattern pattern, const Measurement& measurement);

}  // namespace ipcbench
