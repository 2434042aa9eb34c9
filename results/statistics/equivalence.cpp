#include "results/statistics/equivalence.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace ipcbench {

MarginTest test_margin(double estimate, double error, double freedom, double margin) {
  const boost::math::students_t_distribution<double> t(freedom);
  const double inside = (margin - std::abs(estimate)) / error;  // to the nearer margin
  return {.p_within = std::min(1.0, 2 * boost::math::cdf(boost::math::complement(t, inside))),
          .p_beyond = std::min(1.0, 2 * boost::math::cdf(t, inside))};
}

}  // namespace ipcbench
