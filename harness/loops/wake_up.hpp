// How long it takes to wake a sleeping thread: the price of blocking, and the time after which spinning on
// stops paying.
#pragma once

#include <atomic>
#include <cstdint>

namespace ipcbench {

struct WakeExchange {
  alignas(64) std::atomic<std::uint32_t> call{0};
  alignas(64) std::atomic<std::uint32_t> answer{0};
  std::atomic<std::uint64_t> awake_ns{0};
};

// Called by two threads at the same time, once. wake_sleeper() returns the median time in nanoseconds from
// the call of futex(2) to the sleeper's first instruction, over 51 sleeps of 0.2 ms each, 15 to 30 ms in all.
double wake_sleeper(WakeExchange& exchange);
void sleep_until_woken(WakeExchange& exchange);

}  // namespace ipcbench
