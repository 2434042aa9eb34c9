#include "bench/study/claims/relative_line.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ipcbench {
namespace {

double residual(const Line& line, const Point& point) {
  return std::abs(point.y - line.intercept - line.slope * point.x) / point.y;
}

}  // namespace

// Centred on the weighted means: the sums of 1 MiB squared would otherwise cancel digits.
Line fit_relative_line(const std::vector<Point>& points) {
  double weights = 0;
  double x_sum = 0;
  double y_sum = 0;
  for (const auto& [x, y] : points) {
    if (!(y > 0)) throw std::invalid_argument("a relative error needs a value above 0");
    const double weight = 1 / (y * y);
    weights += weight;
    x_sum += weight * x;
    y_sum += weight * y;
  }
  double xx = 0;
  double xy = 0;
  for (const auto& [x, y] : points) {
    const double weight = 1 / (y * y);
    xx += weight * (x - x_sum / weights) * (x - x_sum / weights);
    xy += weight * (x - x_sum / weights) * (y - y_sum / weights);
  }
  if (!(xx > 0)) throw std::invalid_argument("a line needs two points");
  Line line{.intercept = 0, .slope = xy / xx, .worst_residual = 0};
  line.intercept = y_sum / weights - line.slope * x_sum / weights;
  for (const Point& point : points)
    line.worst_residual = std::max(line.worst_residual, residual(line, point));
  return line;
}

}  // namespace ipcbench
