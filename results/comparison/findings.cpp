#include "results/comparison/findings.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

// Beyond this multiple of the smallest effect, a change that matters would likely be missed.
constexpr double kUnguardedFactor = 2;

// The first family rule that matches, otherwise the name without the size.
std::string family_of(const SampledCell& cell, const GateSettings& settings) {
  for (const FamilyRule& rule : settings.families) {
    if (matches(rule.cells, cell.name)) return rule.name;
  }
  return cell.family;
}

// The launches' values of a metric in nanoseconds, without NaN.
std::vector<double> values_of(const std::vector<Sample>& launches, Metric metric) {
  std::vector<double> values;
  values.reserve(launches.size());
  for (const Sample& sample : launches) values.push_back(sample.ns[place_of(metric)]);
  std::erase_if(values, [](double ns) { return std::isnan(ns); });
  return values;
}

// By however little; launches that do not vary have a p value of 0 in one direction even if nothing changed.
bool is_surely_slower(const Finding& finding, double alpha) {
  return finding.p_slower_adjusted <= alpha && finding.ratio.estimate > 1;
}
bool is_surely_faster(const Finding& finding, double alpha) {
  return finding.p_faster_adjusted <= alpha && finding.ratio.estimate < 1;
}

}  // namespace

CellsByName cells_by_name(const SampledReport& report) {
  CellsByName cells;
  for (const SampledCell& cell : report.cells) cells.emplace(cell.name, &cell);
  return cells;
}

std::vector<CellPair> common_cells(const SampledReport& base, const SampledReport& candidate) {
  const CellsByName candidates = cells_by_name(candidate);
  std::vector<CellPair> pairs;
  for (const SampledCell& cell : base.cells) {
    const auto found = candidates.find(cell.name);
    if (found != candidates.end()) pairs.push_back({&cell, found->second});
  }
  return pairs;
}

std::vector<CellGroup> groups_of(const std::vector<CellPair>& cells, const GateSettings& settings) {
  std::vector<CellGroup> groups;
  CellGroup whole{Level::whole, "all cells", {}};
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].base->may_be_gated()) continue;
    whole.cells.push_back(i);
    const std::string name = family_of(*cells[i].base, settings);
    const auto [place, is_new] = places.try_emplace(name, groups.size());
    if (is_new) groups.push_back({Level::family, name, {}});
    groups[place->second].cells.push_back(i);
  }
  std::erase_if(groups, [](const CellGroup& group) { return group.cells.size() < 2; });
  if (places.size() >= 2) groups.insert(groups.begin(), std::move(whole));
  return groups;
}

double alpha_of(Level level, const GateSettings& settings) {
  switch (level) {
    case Level::whole:
      return settings.whole_alpha;
    case Level::family:
      return settings.family_alpha;
    case Level::cell:
      return settings.cell_alpha;
  }
  return 0;
}

Steadiness steadiness_of(Level level) {
  return level == Level::family ? Steadiness::at_most_usual : Steadiness::own;
}

Finding finding_for_cell(const CellPair& cell, Metric metric, const GateSettings& settings) {
  return {.level = Level::cell,
          .name = cell.base->name,
          .family = family_of(*cell.base, settings),
          .metric = metric,
          .reason = {},
          .ratio = {},
          .base_ns = median_ns(cell.base->samples, metric),
          .new_ns = median_ns(cell.candidate->samples, metric),
          .smallest_effect = smallest_effect(settings, cell.base->name, metric),
          .gated = cell.base->may_be_gated()};
}

Finding finding_for_group(const CellGroup& group, Metric metric, const GateSettings& settings) {
  return {.level = group.level,
          .name = group.name,
          .family = group.name,
          .metric = metric,
          .reason = {},
          .ratio = {},
          .smallest_effect = smallest_effect(settings, group.name, metric)};
}

Ratio ratio_of(const Shift& log_ratio) {
  return {.estimate = std::exp(log_ratio.estimate),
          .low = std::exp(log_ratio.low),
          .high = std::exp(log_ratio.high),
          .confidence = log_ratio.confidence};
}

double detectable_effect(double standard_error, std::size_t tests, double alpha, double power,
                         double freedom) {
  const boost::math::students_t_distribution<double> t(freedom);
  const double strict = boost::math::quantile(boost::math::complement(t, alpha / static_cast<double>(tests)));
  return std::expm1((strict + boost::math::quantile(t, power)) * standard_error);
}

double standard_error(const Shift& shift) {
  if (shift.confidence <= 0) return std::numeric_limits<double>::infinity();
  const boost::math::normal_distribution<double> normal;
  return (shift.high - shift.low) / (2 * boost::math::quantile(normal, (1 + shift.confidence) / 2));
}

Verdict judge(const Finding& finding, double alpha, bool may_regress) {
  const double counts = 1 + finding.smallest_effect;
  if (may_regress && finding.p_slower_adjusted <= alpha && finding.ratio.estimate >= counts)
    return Verdict::regressed;
  if (finding.p_faster_adjusted <= alpha && finding.ratio.estimate <= 1 / counts) return Verdict::improved;
  if (may_regress && is_surely_slower(finding, alpha)) return Verdict::slower;
  if (is_surely_faster(finding, alpha)) return Verdict::faster;
  const bool sure = finding.ratio.confidence > 0;
  if (sure && finding.ratio.low > 1 / counts && finding.ratio.high < counts) return Verdict::unchanged;
  if (!(finding.detectable_effect <= kUnguardedFactor * finding.smallest_effect)) return Verdict::unguarded;
  return Verdict::inconclusive;
}

Verdict judge_here(const Finding& finding, double alpha) {
  if (finding.ratio.confidence <= 0) return Verdict::inconclusive;
  if (is_surely_slower(finding, alpha)) return Verdict::slower;
  return is_surely_faster(finding, alpha) ? Verdict::faster : Verdict::inconclusive;
}

double median_ns(const std::vector<Sample>& launches, Metric metric) {
  std::vector<double> values = values_of(launches, metric);
  return values.empty() ? 0 : median(std::move(values));
}

std::optional<LogCentre> log_centre(const std::vector<Sample>& launches, Metric metric) {
  std::vector<double> logs = values_of(launches, metric);
  std::erase_if(logs, [](double ns) { return ns <= 0; });
  if (logs.empty()) return std::nullopt;
  for (double& value : logs) value = std::log(value);
  const double variance = logs.size() < 2 ? 0 : boost::math::statistics::sample_variance(logs);
  return LogCentre{.centre = hodges_lehmann(logs), .sd = std::sqrt(variance), .launches = logs.size()};
}

}  // namespace ipcbench
