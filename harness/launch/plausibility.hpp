// Whether what a launch measured is possible at all. Nothing failed, but that does not make it true.
#pragma once

#include <optional>

#include "harness/contract/mechanism.hpp"
#include "harness/launch/pair_outcome.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// Why not; empty if it is: on the CPUs that were asked for, without a pause, for as long as was asked, by a
// clock that went forward, as many messages as were sent, each of them timed.
std::optional<Failure> implausible(const LaunchEnd& end, const ControlBlock& control,
                                   const Measurement& measurement, Delivery delivery);

}  // namespace ipcbench
