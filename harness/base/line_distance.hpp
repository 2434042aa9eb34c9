// When two launches were at the same distance: their CPUs exchanged a cache line in about the same time.
#pragma once

#include <algorithm>
#include <cmath>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// The longest time of one distance is at most this multiple of the shortest. A hypervisor was seen to place
// two CPUs 65, 110, 485 and 870 ns apart, each at least 1.69 times the one before; at one place, the times
// of different launches lay within a third of one another.
inline constexpr double kOneDistance = 1.5;

inline bool same_distance(double a_ns, double b_ns) {
  return std::max(a_ns, b_ns) <= kOneDistance * std::min(a_ns, b_ns);
}

// One figure for a launch: the geometric mean of both measurements.
inline double distance_ns(const LineRoundTrip& line) { return std::sqrt(line.before_ns * line.after_ns); }

}  // namespace ipcbench
