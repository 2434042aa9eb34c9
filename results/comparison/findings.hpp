// From numbers to findings: the steps that both ways of comparing share.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/cell_groups.hpp"
#include "results/comparison/comparison.hpp"
#include "results/statistics/signed_rank.hpp"

namespace ipcbench {

// A finding's identity and threshold; its statistics are filled in later.
Finding finding_for_cell(const SampledCell& cell, Metric metric, const GateSettings& settings);
Finding finding_for_group(Level level, const CellGroup& group, Metric metric, const GateSettings& settings);

// The interval of a log ratio as one of the ratio.
Ratio ratio_of(const Shift& log_ratio);

// The smallest change, as a share, that a one-sided test with this standard error of the log ratio finds with
// the wanted power, as one of `tests` that share `alpha`: (z(1 - alpha / tests) + z(power)) standard errors.
double detectable_effect(double standard_error, std::size_t tests, double alpha, double power);

// The standard error that a distribution-free interval stands for: its width over twice the normal quantile.
// Infinite for an interval of no confidence.
double standard_error(const Shift& shift);

// The verdict that a finding's numbers lead to; `may_regress` says whether its p value may count (in a duet,
// only if it comes from fresh blocks).
Verdict judge(const Finding& finding, double alpha, bool may_regress);

// The compared metrics of a cell's launches, in nanoseconds; NaN left out.
std::vector<double> values_of(const SampledCell& cell, Metric metric);

// The centre and spread of the logarithms of one metric over the launches of a cell.
struct LogCentre {
  double centre = 0;  // Hodges-Lehmann's
  double sd = 0;      // between launches; 0 if there is only one
  std::size_t launches = 0;
};

// Empty if no launch has the metric.
std::optional<LogCentre> log_centre(const SampledCell& cell, Metric metric);

// The median, or 0 of none.
double median_or_zero(std::vector<double> values);

// Findings of two sides of one duet, block by block; of two sessions. Unordered.
std::vector<Finding> paired_findings(const SampledReport& base, const SampledReport& candidate,
                                     const GateSettings& settings);

}  // namespace ipcbench
