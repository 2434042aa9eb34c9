// What is compared of a cell: times per message, of which less is better.
#pragma once

#include <array>
#include <cstddef>

#include "harness/base/axes.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Each is one number per launch, in nanoseconds; a ratio above 1 is worse in all of them.
enum class Metric {
  time,  // the figure of the launch, time_ns(): the median of what is timed, else the time per message
  low,   // the 10th percentile of what is timed: the steadiest sign of a longer path through the code
  tail,  // the 99th percentile of what is timed
  cpu,   // CPU time of all ends per message
};
inline constexpr std::size_t kMetrics = 4;
inline constexpr std::array<Metric, kMetrics> kAllMetrics{Metric::time, Metric::low, Metric::tail,
                                                          Metric::cpu};

template <>
inline constexpr std::array kAxis<Metric>{AxisValue{Metric::time, "time"}, AxisValue{Metric::low, "low"},
                                          AxisValue{Metric::tail, "tail"}, AxisValue{Metric::cpu, "cpu"}};

constexpr std::size_t place_of(Metric metric) { return static_cast<std::size_t>(metric); }

// One value for each metric, by place_of().
using MetricValues = std::array<double, kMetrics>;

// All metrics of one launch. NaN: the launch has no such number (low and tail where messages are not timed
// one by one, or are too few for a percentile; a time that the clock could not tell from 0).
MetricValues metric_values_ns(const Row& row);

}  // namespace ipcbench
