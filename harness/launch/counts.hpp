// What the ends of a counted launch counted.
#pragma once

#include "harness/base/measurement.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// Summed over the ends of each side. What one end of a side could not count is missing for the side.
LaunchCounts counts_of(const ControlBlock& control);

}  // namespace ipcbench
