// Whether what a launch measured can be true.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/base/measurement.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// Why not; empty if it can. slept_ns: while the whole machine was asleep. It was measured on the requested
// CPUs, without a pause, for the requested time, by a clock that went forward, with as many messages as were
// sent, whose recorded times add up to what they took.
std::optional<Failure> implausible(std::uint64_t slept_ns, const ControlBlock& control,
                                   const Measurement& measurement, Delivery delivery);

}  // namespace ipcbench
