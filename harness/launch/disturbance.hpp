// Whether something other than the two ends decided how long a launch took.
#pragma once

#include <string>

#include "harness/loops/control_block.hpp"

namespace ipcbench {

// What disturbed the timed phase, in one line; empty if nothing did:
// - An end was ready to run and had no CPU for more than 3 % of the time. Where ends share a CPU, only the
//   delay beyond the others' own running counts.
// - An end that spins on a CPU of its own had it for less than 97 % of the time, and never slept.
// - The distance of the two CPUs changed (line_distance.hpp).
// A load beside that runs on the ends' CPUs takes such time by intention: then nothing is a disturbance.
// The messages' own times play no part: choosing launches by their results would bias these.
std::string disturbance_of(const ControlBlock& control);

}  // namespace ipcbench
