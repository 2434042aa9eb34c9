// Two sessions compared as such.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "results/comparison/compare.hpp"
#include "results/comparison/comparison.hpp"

namespace ipcbench {

// Of the logarithms of one metric over the launches of a cell.
struct LogCentre {
  double centre = 0;  // Hodges-Lehmann's
  double sd = 0;      // between launches; 0 if there is only one
  std::size_t launches = 0;
};

// Empty if no launch has the metric.
std::optional<LogCentre> log_centre(const SampledCell& cell, Metric metric);

// Unordered. Without a session variance in `options` no finding is gated, and each is inconclusive.
std::vector<Finding> independent_findings(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings, const CompareOptions& options);

}  // namespace ipcbench
