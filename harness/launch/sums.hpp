// Several ends of a side, or several pairs at once, taken together.
#pragma once

#include <span>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// The sum has a CPU only if both ran on the same one.
void add(SideCost& sum, const SideCost& cost);
// What one of them could not count is missing from the sum.
void add(SideCounts& sum, const SideCounts& counts);

// The measurement of pairs that ran at once, two or more: their messages, costs and samples together over the
// longest elapsed time, the slowest of each set-up time, and each pair by itself (Measurement::pairs). Their
// windows do not belong together and are left out, as are distances of CPUs. clock_resolution_ns decides how
// the time of all samples is formed, see trim_for().
Measurement together(std::span<const Measurement> pairs, double clock_resolution_ns);

}  // namespace ipcbench
