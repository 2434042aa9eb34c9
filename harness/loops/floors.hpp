// The cost of copying bytes without any mechanism: the floor under every figure of a report.
#pragma once

#include <chrono>
#include <cstddef>

namespace ipcbench {

// Median time in nanoseconds of one memcpy of `bytes` (at least 1) between buffers like those of the ends,
// touched beforehand and as warm in the caches as their size allows. Short copies are timed in batches, so
// that the clock does not count. Takes `budget`, or three copies if that is longer. Throws std::bad_alloc.
double memcpy_floor_ns(std::size_t bytes, std::chrono::nanoseconds budget = std::chrono::milliseconds(2));

}  // namespace ipcbench
