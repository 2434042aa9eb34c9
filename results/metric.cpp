#include "results/metric.hpp"

#include <limits>

#include "results/row_metrics.hpp"

namespace ipcbench {

MetricValues metric_values_ns(const Row& row) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  MetricValues values{};
  values[place_of(Metric::time)] = time_ns(row);
  values[place_of(Metric::low)] = percentile_ns(row, 100).value_or(kNone);
  values[place_of(Metric::tail)] = percentile_ns(row, 990).value_or(kNone);
  values[place_of(Metric::cpu)] =
      cpu_ns_per_message(row, Side::producer) + cpu_ns_per_message(row, Side::consumer);
  return values;
}

}  // namespace ipcbench
