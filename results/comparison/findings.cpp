#include "results/comparison/findings.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

double normal_quantile(double probability) {
  return boost::math::quantile(boost::math::normal_distribution<double>(), probability);
}

// More than twice what counts: a change that matters would likely be missed.
constexpr double kUnguardedFactor = 2;

}  // namespace

Finding finding_for_cell(const SampledCell& cell, Metric metric, const GateSettings& settings) {
  Finding finding;
  finding.level = Level::cell;
  finding.name = cell.name;
  finding.family = family_of(cell, settings);
  finding.metric = metric;
  finding.smallest_effect = smallest_effect(settings, cell.name, metric);
  finding.gated = cell.pinned;
  return finding;
}

Finding finding_for_group(Level level, const CellGroup& group, Metric metric, const GateSettings& settings) {
  Finding finding;
  finding.level = level;
  finding.name = group.name;
  finding.family = group.name;
  finding.metric = metric;
  finding.smallest_effect = smallest_effect(settings, group.name, metric);
  return finding;
}

Ratio ratio_of(const Shift& log_ratio) {
  return {.estimate = std::exp(log_ratio.estimate),
          .low = std::exp(log_ratio.low),
          .high = std::exp(log_ratio.high),
          .confidence = log_ratio.confidence};
}

double detectable_effect(double standard_error, std::size_t tests, double alpha, double power) {
  const double z = normal_quantile(1 - alpha / static_cast<double>(tests)) + normal_quantile(power);
  return std::expm1(z * standard_error);
}

double standard_error(const Shift& shift) {
  if (shift.confidence <= 0) return std::numeric_limits<double>::infinity();
  return (shift.high - shift.low) / (2 * normal_quantile((1 + shift.confidence) / 2));
}

Verdict judge(const Finding& finding, double alpha, bool may_regress) {
  const double counts = 1 + finding.smallest_effect;
  if (may_regress && finding.p_slower_adjusted <= alpha && finding.ratio.estimate >= counts)
    return Verdict::regressed;
  if (finding.p_faster_adjusted <= alpha && finding.ratio.estimate <= 1 / counts) return Verdict::improved;
  const bool sure = finding.ratio.confidence > 0;
  if (sure && finding.ratio.low > 1 / counts && finding.ratio.high < counts) return Verdict::unchanged;
  if (!(finding.detectable_effect <= kUnguardedFactor * finding.smallest_effect)) return Verdict::unguarded;
  return Verdict::inconclusive;
}

std::vector<double> values_of(const SampledCell& cell, Metric metric) {
  std::vector<double> values;
  values.reserve(cell.samples.size());
  for (const Sample& sample : cell.samples) {
    const double ns = sample.ns[place_of(metric)];
    if (!std::isnan(ns)) values.push_back(ns);
  }
  return values;
}

double median_or_zero(std::vector<double> values) { return values.empty() ? 0 : median(std::move(values)); }

std::optional<LogCentre> log_centre(const SampledCell& cell, Metric metric) {
  std::vector<double> logs = values_of(cell, metric);
  std::erase_if(logs, [](double ns) { return !(ns > 0); });
  if (logs.empty()) return std::nullopt;
  for (double& value : logs) value = std::log(value);
  double mean = 0;
  for (const double value : logs) mean += value / static_cast<double>(logs.size());
  double squares = 0;
  for (const double value : logs) squares += (value - mean) * (value - mean);
  const double sd = logs.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(logs.size() - 1));
  return LogCentre{.centre = hodges_lehmann(logs), .sd = sd, .launches = logs.size()};
}

}  // namespace ipcbench
