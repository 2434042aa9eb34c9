// A straight line through measured costs.
#pragma once

#include <vector>

namespace ipcbench {

struct Point {
  double x = 0;
  double y = 0;
};

struct Line {
  double intercept = 0;
  double slope = 0;
  double worst_residual = 0;  // largest |y - line| / y of the points, 0.1: a point is 10 % off
};

// The line that minimises the sum of ((y - intercept - slope x) / y)^2: weighted least squares in which every
// point counts by its relative error, so that 1 MiB does not outvote 4 KiB by its size alone. Throws
// std::invalid_argument for fewer than two different x, or a y that is not positive.
Line fit_relative_line(const std::vector<Point>& points);

}  // namespace ipcbench
