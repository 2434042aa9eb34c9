// Whether the machine was asleep (suspended to memory or disk): its clocks disagree about it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "harness/base/clock.hpp"

namespace ipcbench {

// For how long it has been asleep since it was started: CLOCK_BOOTTIME counts that, CLOCK_MONOTONIC does not
// (clock_getres(2)). The two are read one after the other, so that what comes between counts: the least of a
// few readings.
inline std::uint64_t asleep_so_far_ns() {
  std::uint64_t least = UINT64_MAX;
  for (int reading = 0; reading < 10; ++reading) {
    const std::uint64_t awake_ns = now_ns();
    least = std::min(least, detail::read_clock_ns(CLOCK_BOOTTIME) - awake_ns);
  }
  return least;
}

// How long it slept between two such readings; 0 where the difference is no more than that of two readings.
constexpr std::uint64_t slept_ns(std::uint64_t before_ns, std::uint64_t after_ns) {
  constexpr std::uint64_t kShortestSleepNs = 10'000'000;
  return after_ns > before_ns + kShortestSleepNs ? after_ns - before_ns : 0;
}

}  // namespace ipcbench
