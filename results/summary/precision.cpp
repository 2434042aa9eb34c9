#include "results/summary/precision.hpp"

#include <algorithm>

#include "results/report/metrics.hpp"

namespace ipcbench {

bool is_precise(const Estimate& estimate) {
  const double reach = std::max(estimate.high - estimate.median, estimate.median - estimate.low);
  return estimate.confidence > 0 && reach <= kPrecisionTarget * estimate.median;
}

double figure_of(Pattern pattern, const Measurement& measurement) {
  return times_messages(pattern) ? time_ns(pattern, measurement) : messages_per_second(measurement);
}

}  // namespace ipcbench
