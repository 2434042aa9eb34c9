// Whether the machine was asleep (suspended to memory or disk), which its clocks tell by their difference.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "harness/base/clock.hpp"

namespace ipcbench {

// How long it has been asleep since its start: CLOCK_BOOTTIME counts that time, CLOCK_MONOTONIC does not
// (clock_getres(2)). Takes the least of a few readings, since time passes between reading the two clocks.
inline std::uint64_t asleep_so_far_ns() {
  std::uint64_t least = UINT64_MAX;
  for (int reading = 0; reading < 10; ++reading) {
    const std::uint64_t awake_ns = now_ns();
    least = std::min(least, detail::read_clock_ns(CLOCK_BOOTTIME) - awake_ns);
  }
  return least;
}

// How long it slept between two such readings; 0 if the readings alone may explain the difference.
constexpr std::uint64_t slept_ns(std::uint64_t before_ns, std::uint64_t after_ns) {
  constexpr std::uint64_t kShortestSleepNs = 10'000'000;
  return after_ns > before_ns + kShortestSleepNs ? after_ns - before_ns : 0;
}

}  // namespace ipcbench
