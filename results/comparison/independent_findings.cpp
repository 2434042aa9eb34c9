// Two sessions: each side is a handful of launches, and the host may have changed in between. Nothing pairs a
// launch of one side with one of the other, so the difference of the sides' centres is judged by normal
// theory on logarithms: its variance is that of both centres plus twice that between sessions.
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "results/comparison/compare.hpp"
#include "results/comparison/distance_classes.hpp"
#include "results/comparison/findings.hpp"
#include "results/statistics/sign_flips.hpp"

namespace ipcbench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A part of a variance, and the degrees of freedom of its estimate.
struct Part {
  double variance = 0;
  double freedom = kInfinity;
};

// A difference of logarithms and the parts of its variance. For a cell these are base, candidate and between
// sessions; for a group, within sessions and between sessions.
struct LogDifference {
  double estimate = 0;
  std::vector<Part> parts;
  bool comparable = true;  // false: the sides' CPUs were at different distances

  [[nodiscard]] double variance() const {
    double sum = 0;
    for (const Part& part : parts) sum += part.variance;
    return sum;
  }
  // By Welch and Satterthwaite (Satterthwaite, Biometrics Bull. 2, 1946); at most a million, where Student's
  // t is normal.
  [[nodiscard]] double freedom() const {
    constexpr double kMost = 1e6;
    double sum = 0;
    for (const Part& part : parts) sum += part.variance * part.variance / part.freedom;
    return sum == 0 ? kMost : std::min(kMost, variance() * variance() / sum);
  }
};

// The part of a weighted sum of independent parts.
Part weighted_sum(const std::vector<Part>& parts, const std::vector<double>& weights) {
  if (parts.size() == 1) return parts.front();
  LogDifference sum;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    sum.parts.push_back({weights[i] * weights[i] * parts[i].variance, parts[i].freedom});
  }
  return {sum.variance(), sum.freedom()};
}

// The variance of a Hodges-Lehmann centre. It uses the standard deviation: outliers, which move the centre
// little, make the comparison careful instead of raising an alarm. A single launch has the variance that the
// calibration gives for launches.
Part centre_variance(const LogCentre& centre, double launch_sd) {
  if (centre.launches >= 2) {
    const auto n = static_cast<double>(centre.launches);
    return {kCentreVariance * centre.sd * centre.sd / n, n - 1};
  }
  return {std::isnan(launch_sd) ? kInfinity : launch_sd * launch_sd, kInfinity};
}

// The variance between sessions of an unchanged program, as given by the options.
class SessionNoise {
 public:
  explicit SessionNoise(const CompareOptions& options) : options_(options) {
    if (!options.calibration) return;
    for (const Metric metric : kAllMetrics) {
      typical_[place_of(metric)] = typical_session_sd(*options.calibration, metric);
    }
    for (const CalibratedEntry& entry : options.calibration->entries) {
      entries_[{entry.level, entry.name}] = &entry;
    }
  }

  [[nodiscard]] bool known() const { return options_.calibration || options_.assumed_session_sd; }

  // NaN where not calibrated.
  [[nodiscard]] SessionVariance variance_of(const Finding& finding) const {
    const auto found = entries_.find({finding.level, finding.name});
    return found == entries_.end() ? kUnknownVariance : found->second->metrics[place_of(finding.metric)];
  }

  // For the difference of two sessions.
  [[nodiscard]] Part between_sessions(const Finding& finding) const {
    if (options_.assumed_session_sd) {
      return {2 * *options_.assumed_session_sd * *options_.assumed_session_sd, kInfinity};
    }
    if (!options_.calibration) return {0, kInfinity};
    double sd = variance_of(finding).session_sd;
    const double typical = typical_[place_of(finding.metric)];
    // A cell that happened to be steady in its few sessions is not taken to be steadier than the others.
    if (std::isnan(sd) || (finding.level == Level::cell && typical > sd)) sd = typical;
    return {std::isnan(sd) ? kInfinity : 2 * sd * sd,
            static_cast<double>(options_.calibration->sessions - 1)};
  }

 private:
  const CompareOptions& options_;
  MetricValues typical_{};
  std::map<std::pair<Level, std::string>, const CalibratedEntry*> entries_;
};

// Both sides at one distance of the CPUs.
struct BothCentres {
  LogCentre base;
  LogCentre candidate;

  // By the variance of a difference of two means, so that no launch weighs more than in a class of its own.
  [[nodiscard]] double weight() const {
    const auto b = static_cast<double>(base.launches);
    const auto c = static_cast<double>(candidate.launches);
    return b * c / (b + c);
  }
};

// Leaves out a class where no launch of a side has the metric.
std::vector<BothCentres> centres_of(const std::vector<DistanceClass>& classes, Metric metric) {
  std::vector<BothCentres> centres;
  for (const DistanceClass& each : classes) {
    const auto base = log_centre(each.base, metric);
    const auto candidate = log_centre(each.candidate, metric);
    if (base && candidate) centres.push_back({*base, *candidate});
  }
  return centres;
}

// The mean over the distances, each compared within itself.
LogDifference cell_difference(Finding& finding, const std::vector<BothCentres>& centres,
                              const SessionNoise& noise) {
  const double launch_sd = noise.variance_of(finding).launch_sd;
  double weight = 0;
  for (const BothCentres& each : centres) weight += each.weight();
  LogDifference difference;
  std::vector<double> weights;
  std::vector<Part> base;
  std::vector<Part> candidate;
  for (const BothCentres& each : centres) {
    weights.push_back(each.weight() / weight);
    difference.estimate += weights.back() * (each.candidate.centre - each.base.centre);
    base.push_back(centre_variance(each.base, launch_sd));
    candidate.push_back(centre_variance(each.candidate, launch_sd));
    finding.base_launches += each.base.launches;
    finding.new_launches += each.candidate.launches;
  }
  difference.parts = {weighted_sum(base, weights), weighted_sum(candidate, weights),
                      noise.between_sessions(finding)};
  return difference;
}

// Such a difference shows where the hypervisor put the CPUs, and not what the program does.
void refuse_to_judge(Finding& finding) {
  finding.gated = false;
  finding.reason =
      "the CPUs of the two sides were at different distances (line_rtt): measure both in one session";
}

// The launches of different cells are independent; the sessions are common to all cells.
LogDifference group_difference(const Finding& finding, const std::vector<const LogDifference*>& members,
                               const SessionNoise& noise) {
  std::vector<double> estimates;
  Part within{0, 0};
  std::size_t comparable = 0;
  for (const LogDifference* member : members) {
    if (!member->comparable) continue;
    ++comparable;
    estimates.push_back(member->estimate);
    within.variance += member->parts[0].variance + member->parts[1].variance;
    within.freedom += std::min(member->parts[0].freedom, member->parts[1].freedom);
  }
  if (comparable == 0) return {0, {{kInfinity, kInfinity}}, false};
  const auto m = static_cast<double>(comparable);
  within.variance *= kCentreVariance / (m * m);
  return {hodges_lehmann(estimates), {within, noise.between_sessions(finding)}};
}

Tested<LogDifference> tested_differences(const std::vector<CellPair>& cells, const GateSettings& settings,
                                         const SessionNoise& noise) {
  const auto of_cell = [&](Finding& finding, std::size_t i) -> std::optional<LogDifference> {
    std::vector<BothCentres> centres = centres_of(comparable_classes(cells[i]), finding.metric);
    const bool comparable = !centres.empty();
    if (!comparable)
      centres = centres_of({{cells[i].base->samples, cells[i].candidate->samples}}, finding.metric);
    if (centres.empty()) return std::nullopt;
    LogDifference difference = cell_difference(finding, centres, noise);
    difference.comparable = comparable;
    return difference;
  };
  const auto of_group = [&](Finding& finding, const CellGroup&, const auto& members) {
    finding.base_launches = finding.new_launches = members.size();
    return group_difference(finding, members, noise);
  };
  return collect<LogDifference>(cells, settings, of_cell, of_group);
}

// Fills in everything except the corrected p values and the verdict.
void fill(Finding& finding, const LogDifference& difference, std::size_t tests,
          const GateSettings& settings) {
  const double error = std::sqrt(difference.variance());
  if (!std::isfinite(error)) {
    finding.ratio = {std::exp(difference.estimate), 0, kInfinity, 0};
    finding.detectable_effect = kInfinity;
    return;
  }
  const boost::math::students_t_distribution<double> t(difference.freedom());
  const double reach = boost::math::quantile(t, (1 + settings.confidence) / 2) * error;
  finding.ratio = ratio_of({.estimate = difference.estimate,
                            .low = difference.estimate - reach,
                            .high = difference.estimate + reach,
                            .confidence = settings.confidence});
  finding.p_slower = error > 0 ? boost::math::cdf(boost::math::complement(t, difference.estimate / error))
                     : difference.estimate > 0 ? 0
                                               : 1;
  finding.detectable_effect = detectable_effect(error, tests, alpha_of(finding.level, settings),
                                                settings.power, difference.freedom());
}

void judge_level(std::vector<Finding>& findings, Level level, const GateSettings& settings,
                 bool noise_known) {
  std::vector<Finding*> members;
  std::vector<double> slower;
  std::vector<double> faster;
  for (Finding& finding : findings) {
    // What cannot be compared takes part in no test.
    if (finding.level != level || !finding.reason.empty()) continue;
    members.push_back(&finding);
    slower.push_back(finding.p_slower);
    faster.push_back(1 - finding.p_slower);
  }
  const std::vector<double> slower_adjusted = holm_p(slower);
  const std::vector<double> faster_adjusted = holm_p(faster);
  for (std::size_t i = 0; i < members.size(); ++i) {
    Finding& finding = *members[i];
    finding.p_slower_adjusted = slower_adjusted[i];
    finding.p_faster_adjusted = faster_adjusted[i];
    finding.gated = finding.gated && noise_known;
    const double alpha = alpha_of(level, settings);
    finding.verdict = noise_known ? judge(finding, alpha, true) : judge_here(finding, alpha);
  }
}

}  // namespace

std::vector<Finding> independent_findings(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings, const CompareOptions& options) {
  const SessionNoise noise(options);
  auto [findings, differences] = tested_differences(common_cells(base, candidate), settings, noise);
  std::map<Level, std::size_t> tests;
  for (const Finding& finding : findings) ++tests[finding.level];
  for (std::size_t i = 0; i < findings.size(); ++i) {
    fill(findings[i], differences[i], tests[findings[i].level], settings);
    if (!differences[i].comparable) refuse_to_judge(findings[i]);
  }
  for (const auto& [level, count] : tests) judge_level(findings, level, settings, noise.known());
  return std::move(findings);
}

}  // namespace ipcbench
