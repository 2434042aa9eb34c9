#include "results/summary/precision.hpp"

#include <algorithm>

#include "results/report/row_metrics.hpp"

namespace ipcbench {

bool is_precise(const Estimate& estimate) {
  const double reach = std::max(estimate.high - estimate.median, estimate.median - estimate.low);
  return estimate.confidence > 0 && reach <= kPrecisionTarget * estimate.median;
}

double figure_of(const Row& row) {
  return times_messages(row.cell.pattern) ? time_ns(row) : messages_per_second(row);
}

}  // namespace ipcbench
