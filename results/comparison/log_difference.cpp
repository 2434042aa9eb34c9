#include "results/comparison/log_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>

#include "results/statistics/sign_flips.hpp"

namespace ipcbench {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// Without an error, which side is slower is certain.
double p_above_zero(const LogDifference& difference, double error) {
  if (error == 0) return difference.estimate > 0 ? 0 : 1;
  const boost::math::students_t_distribution<double> t(difference.freedom());
  return boost::math::cdf(boost::math::complement(t, difference.estimate / error));
}

// Fills in everything except the corrected p values and the verdict.
void fill(Finding& finding, const LogDifference& difference, std::size_t tests,
          const GateSettings& settings) {
  const double error = std::sqrt(difference.variance());
  // An interval without a finite width says nothing, and a p value of 1 for slower is no 0 for faster.
  if (!difference.judged || !std::isfinite(error)) {
    finding.ratio = {std::exp(difference.estimate), kUnknown, kUnknown, 0};
    finding.detectable_effect = std::numeric_limits<double>::infinity();
    return;
  }
  finding.log_error = error;
  finding.freedom = difference.freedom();
  const boost::math::students_t_distribution<double> t(finding.freedom);
  const double reach = boost::math::quantile(t, (1 + settings.confidence) / 2) * error;
  finding.ratio = ratio_of({.estimate = difference.estimate,
                            .low = difference.estimate - reach,
                            .high = difference.estimate + reach,
                            .confidence = settings.confidence});
  finding.p_slower = p_above_zero(difference, error);
  finding.detectable_effect = detectable_effect(error, tests, alpha_of(finding.level, settings),
                                                settings.power, difference.freedom());
}

void judge_level(const std::vector<Finding*>& findings, Level level, const GateSettings& settings,
                 bool session_variance_known) {
  std::vector<double> slower;
  std::vector<double> faster;
  for (const Finding* finding : findings) {
    slower.push_back(finding->p_slower);
    faster.push_back(1 - finding->p_slower);
  }
  const std::vector<double> slower_adjusted = holm_p(slower);
  const std::vector<double> faster_adjusted = holm_p(faster);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    Finding& finding = *findings[i];
    finding.p_slower_adjusted = slower_adjusted[i];
    finding.p_faster_adjusted = faster_adjusted[i];
    finding.gated = finding.gated && session_variance_known;
    const double alpha = alpha_of(level, settings);
    finding.verdict = session_variance_known ? judge(finding, alpha, true) : judge_here(finding, alpha);
  }
}

}  // namespace

VariancePart part_of(double variance, double freedom) { return {variance, variance * variance / freedom}; }

double LogDifference::variance() const {
  double sum = 0;
  for (const VariancePart& part : parts) sum += part.variance;
  return sum;
}

double LogDifference::freedom() const {
  constexpr double kMost = 1e6;
  double doubt = 0;
  for (const VariancePart& part : parts) doubt += part.doubt;
  return doubt == 0 ? kMost : std::min(kMost, variance() * variance() / doubt);
}

VariancePart weighted_sum(const std::vector<VariancePart>& parts, const std::vector<double>& weights) {
  VariancePart sum;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double square = weights[i] * weights[i];
    sum.variance += square * parts[i].variance;
    sum.doubt += square * square * parts[i].doubt;
  }
  return sum;
}

VariancePart centre_variance(const LogCentre& centre) {
  if (centre.launches < kFewestLaunches) return {std::numeric_limits<double>::infinity(), 0};
  const auto n = static_cast<double>(centre.launches);
  return part_of(kCentreVariance * centre.sd * centre.sd / n, n - 1);
}

void judge_differences(std::vector<Finding>& findings, const std::vector<LogDifference>& differences,
                       const GateSettings& settings, bool session_variance_known) {
  std::map<Level, std::vector<Finding*>> judged;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (!differences[i].judged) continue;
    if (std::isfinite(differences[i].variance())) {
      judged[findings[i].level].push_back(&findings[i]);
    } else {
      refuse_to_judge(findings[i], "the calibration has no such figure: calibrate with these cells");
    }
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    fill(findings[i], differences[i], std::max<std::size_t>(judged[findings[i].level].size(), 1), settings);
  }
  for (const auto& [level, members] : judged) judge_level(members, level, settings, session_variance_known);
}

std::string why_not_judged(const std::vector<Sample>& launches, Metric metric, const std::string& origin) {
  const auto with = static_cast<std::size_t>(std::ranges::count_if(
      launches, [metric](const Sample& sample) { return sample.ns[place_of(metric)] > 0; }));
  if (2 * with < launches.size()) {
    return fmt::format(
        "only {} of {} launches of {} have this figure (too few samples, or below the clock's step), and "
        "these "
        "may be the fast ones: measure longer",
        with, launches.size(), origin);
  }
  if (with < kFewestLaunches) {
    return fmt::format("one launch in {} shows no variance: measure {} launches or more", origin,
                       kFewestLaunches);
  }
  return "";
}

void refuse_to_judge(Finding& finding, const std::string& reason) {
  finding.gated = false;
  finding.reason = reason;
}

}  // namespace ipcbench
