// How often a mechanism copies the data, as far as its CPU time tells.
#pragma once

#include <cstddef>
#include <vector>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/measured_cells.hpp"

namespace ipcbench {

struct Point {
  double x = 0;
  double y = 0;
};

struct Line {
  double intercept = 0;
  double slope = 0;
  double worst_residual = 0;  // largest |y - line| / y of the points; 0.1: a point is 10 % off
};

// The line that minimises the sum of ((y - intercept - slope x) / y)^2. Weighting by the relative error keeps
// 1 MiB from outvoting 4 KiB by its size alone. Throws std::invalid_argument for fewer than two different x,
// or a y that is not positive.
Line fit_relative_line(const std::vector<Point>& points);

// The number of copies of the payload that would cost the CPU time which a mechanism spends on a byte: the
// slope of the CPU time of both ends against the message size, over the slope of the floor that copies each
// message once (pattern `throughput`). Both slopes come from the same sizes and the same launch, so drift
// between launches cancels; the estimate is the median over launches.
struct EffectiveCopies {
  Cell cell;  // the first of the cells used
  MechanismInfo mechanism;
  std::vector<std::size_t> sizes_bytes;
  Estimate copies;
  double worst_residual = 0;  // of the line through the mechanism's medians
};

// One for every mechanism but the floors, in each setting that has the floor too. Sizes from 4 KiB to 1 MiB,
// where the fixed cost of a message no longer hides the slope; from 64 B for mechanisms that take no such
// messages. None without two sizes a factor of four apart, and none for ends that spin.
std::vector<EffectiveCopies> effective_copies(const MeasuredCells& cells);

// 2: four for pipes, FIFOs and queues, two for rings in shared memory, each to half a copy. An interval that
// leaves it open counts for neither side.
Answer copies_are_four_and_two(const Report& report);

}  // namespace ipcbench
