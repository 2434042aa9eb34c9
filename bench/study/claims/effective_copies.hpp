// How often a mechanism copies the data, as far as its CPU time tells.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/measured_cells.hpp"

namespace ipcbench {

// Copies of the payload that would cost the CPU time that a mechanism spends on a byte: the slope of the CPU
// time of both ends against the size, over the slope of the `memcpy` floor, which makes one copy a message
// (pattern `throughput`). Both slopes come from the same sizes and the same launch, so that drift between
// launches cancels; the estimate is the median over launches.
struct EffectiveCopies {
  Cell cell;  // the first of the cells used
  std::vector<std::size_t> sizes_bytes;
  Estimate copies;
  double worst_residual = 0;  // of the line through the mechanism's medians, see relative_line.hpp
};

// Of every mechanism but the floors, in each setting in which the floor was measured too. Sizes from 4 KiB to
// 1 MiB, where the fixed cost of a message no longer hides the slope; for what takes no such messages, from
// 64 B. Without two sizes that lie a factor of four apart there is no estimate, nor
// of ends that spin.
std::vector<EffectiveCopies> effective_copies(const MeasuredCells& cells);

// 2: four for pipes, FIFOs and queues, two for rings in shared memory, each to half a copy. What the
// launches leave open to either side counts for neither.
Answer copies_are_four_and_two(const Report& report);

}  // namespace ipcbench
