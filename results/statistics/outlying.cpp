#include "results/statistics/outlying.hpp"

#include <cmath>
#include <limits>

#include "results/statistics/statistics.hpp"

namespace ipcbench {

double outlying_from(std::size_t values) { return 4.2 + 26 / static_cast<double>(values); }

std::vector<double> robust_deviations(const std::vector<double>& values) {
  constexpr double kGaussian = 1.4826;
  const double middle = median(values);
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double value : values) distances.push_back(std::abs(value - middle));
  const double unit = kGaussian * median(distances);
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) {
    const double distance = value - middle;
    const bool apart = unit == 0 && distance != 0;
    deviations.push_back(apart      ? std::copysign(std::numeric_limits<double>::infinity(), distance)
                         : unit > 0 ? distance / unit
                                    : 0);
  }
  return deviations;
}

}  // namespace ipcbench
