#include "results/report/metric.hpp"

#include <limits>

#include "results/report/row_metrics.hpp"

namespace ipcbench {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// 0 is shorter than the clock could tell, which is nothing to compare.
double time_or_none(double ns) { return ns > 0 ? ns : kNone; }

}  // namespace

MetricValues metric_values_ns(const Row& row) {
  MetricValues values{};
  values[place_of(Metric::time)] = time_or_none(time_ns(row));
  values[place_of(Metric::low)] = time_or_none(percentile_ns(row, 100).value_or(kNone));
  values[place_of(Metric::tail)] = time_or_none(percentile_ns(row, 990).value_or(kNone));
  values[place_of(Metric::cpu)] =
      cpu_ns_per_message(row, Side::producer) + cpu_ns_per_message(row, Side::consumer);
  return values;
}

}  // namespace ipcbench
