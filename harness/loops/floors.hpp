// What the harness costs without any mechanism: copying bytes, and the loop that paces messages.
#pragma once

#include <chrono>
#include <cstddef>

namespace ipcbench {

// Median time in nanoseconds of one memcpy of `bytes` (at least 1) between buffers like those of the ends,
// touched beforehand and as warm in the caches as their size allows. Short copies are timed in batches, so
// that the clock does not count. Takes `budget`, or three copies if that is longer. Throws std::bad_alloc.
double memcpy_floor_ns(std::size_t bytes, std::chrono::nanoseconds budget = std::chrono::milliseconds(2));

// How many messages a second an open loop can offer here at most: what its producer's loop reaches over a
// floor that moves nothing, with every message due at once. The fastest of a few runs; 10 ms in all.
double most_paced_per_second();

}  // namespace ipcbench
