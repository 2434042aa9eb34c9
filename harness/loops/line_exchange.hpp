// How long a cache line takes between two CPUs and back: the distance under every message across them. Where
// a hypervisor moves virtual CPUs, it changes from launch to launch.
#pragma once

#include <atomic>
#include <cstdint>

namespace ipcbench {

// Two lines in shared memory, each written by one end only.
struct LineExchange {
  alignas(64) std::atomic<std::uint64_t> there{0};
  alignas(64) std::atomic<std::uint64_t> back{0};
};

// Called by the two ends at the same time, on CPUs of their own, as often as wanted. Both spin. bounce_line()
// returns the median time of a round trip in nanoseconds, over 21 batches of 50.
double bounce_line(LineExchange& exchange);
void return_line(LineExchange& exchange);

}  // namespace ipcbench
