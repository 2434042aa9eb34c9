// Two sessions: each side is a handful of launches, and the host may have changed in between. Nothing pairs a
// launch of one side with one of the other, so the difference of the sides' centres is judged by normal
// theory on logarithms: its variance is that of both centres plus twice that between sessions.
#include <algorithm>
#include <cmath>

#include "results/comparison/compare.hpp"
#include "results/comparison/distance_classes.hpp"
#include "results/comparison/log_difference.hpp"

namespace ipcbench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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

  // For the difference of two sessions whose launches explain `within` of its variance. The variance between
  // the calibration's centres has the share of its own launches in it; that of the reports' launches takes
  // its place where it is larger, and never makes the sum smaller: the share is only known as well as the
  // whole.
  [[nodiscard]] VariancePart between_sessions(const Finding& finding, double within) const {
    if (options_.assumed_session_sd) {
      return part_of(2 * *options_.assumed_session_sd * *options_.assumed_session_sd, kInfinity);
    }
    if (!options_.calibration) return {};
    const auto found = entries_.find({finding.level, finding.name});
    if (found == entries_.end()) return typical(finding.metric);
    const SessionVariance& known = found->second->metrics[place_of(finding.metric)];
    if (std::isnan(known.centre_sd)) return typical(finding.metric);
    const double all = 2 * known.centre_sd * known.centre_sd;
    const double explained = 2 * known.within_sd * known.within_sd;
    return {std::max(0.0, all - std::min(within, explained)), part_of(all, known.freedom).doubt};
  }

 private:
  // For what was not calibrated.
  [[nodiscard]] VariancePart typical(Metric metric) const {
    const double sd = typical_[place_of(metric)];
    if (std::isnan(sd)) return part_of(kInfinity, kInfinity);
    return part_of(2 * sd * sd, static_cast<double>(options_.calibration->sessions - 1));
  }

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

// The launches that are compared.
struct Compared {
  std::vector<BothCentres> centres;
  std::vector<Sample> base;
  std::vector<Sample> candidate;
};

// Leaves out a class where a side has too few launches with the metric to show a variance.
Compared compared_launches(const std::vector<DistanceClass>& classes, Metric metric) {
  Compared compared;
  for (const DistanceClass& each : classes) {
    const auto base = log_centre(each.base, metric);
    const auto candidate = log_centre(each.candidate, metric);
    if (!base || !candidate) continue;
    if (classes.size() > 1 && std::min(base->launches, candidate->launches) < kFewestLaunches) continue;
    compared.centres.push_back({*base, *candidate});
    std::ranges::copy(each.base, std::back_inserter(compared.base));
    std::ranges::copy(each.candidate, std::back_inserter(compared.candidate));
  }
  return compared;
}

// The mean over the distances, each compared within itself.
LogDifference cell_difference(Finding& finding, const Compared& compared, const SessionNoise& noise) {
  double weight = 0;
  for (const BothCentres& each : compared.centres) weight += each.weight();
  LogDifference difference;
  std::vector<double> weights;
  std::vector<VariancePart> base;
  std::vector<VariancePart> candidate;
  for (const BothCentres& each : compared.centres) {
    weights.push_back(each.weight() / weight);
    difference.estimate += weights.back() * (each.candidate.centre - each.base.centre);
    base.push_back(centre_variance(each.base));
    candidate.push_back(centre_variance(each.candidate));
    finding.base_launches += each.base.launches;
    finding.new_launches += each.candidate.launches;
  }
  finding.base_ns = median_ns(compared.base, finding.metric);
  finding.new_ns = median_ns(compared.candidate, finding.metric);
  difference.parts = {weighted_sum(base, weights), weighted_sum(candidate, weights)};
  difference.parts.push_back(noise.between_sessions(finding, difference.variance()));
  return difference;
}

// The launches of different cells are independent; the sessions are common to all cells.
LogDifference group_difference(Finding& finding, const std::vector<const LogDifference*>& members,
                               const SessionNoise& noise) {
  std::vector<double> estimates;
  VariancePart within;
  for (const LogDifference* member : members) {
    if (!member->judged) continue;
    estimates.push_back(member->estimate);
    within.variance += member->parts[0].variance + member->parts[1].variance;
    within.doubt += member->parts[0].doubt + member->parts[1].doubt;
  }
  finding.base_launches = finding.new_launches = estimates.size();
  if (estimates.size() < 2) {
    refuse_to_judge(finding, "fewer than two of its cells can be judged");
    return {.parts = {}, .judged = false};
  }
  const auto m = static_cast<double>(estimates.size());
  within = weighted_sum({within}, {std::sqrt(kCentreVariance) / m});
  return {hodges_lehmann(estimates), {within, noise.between_sessions(finding, within.variance)}};
}

// Empty if the finding can be judged.
std::string why_not_judged(const CellPair& cell, Metric metric, const std::string& base,
                           const std::string& candidate, bool at_one_distance) {
  std::string reason = why_not_judged(cell.base->samples, metric, base);
  if (reason.empty()) reason = why_not_judged(cell.candidate->samples, metric, candidate);
  if (reason.empty() && !at_one_distance) {
    // Such a difference shows where the hypervisor put the CPUs, and not what the program does.
    return "the CPUs of the two sides were at different distances (line_rtt): measure both in one session, "
           "or allow it with --across line_rtt";
  }
  return reason;
}

}  // namespace

std::vector<Finding> independent_findings(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings, const CompareOptions& options) {
  const SessionNoise noise(options);
  const std::vector<CellPair> cells = common_cells(base, candidate);
  const bool across_distances = std::ranges::any_of(
      options.across, [](const std::string& pattern) { return matches(pattern, kDistanceFact); });
  const auto of_cell = [&](Finding& finding, std::size_t i) -> std::optional<LogDifference> {
    Compared compared = compared_launches(comparable_classes(cells[i]), finding.metric);
    const bool at_one_distance = !compared.centres.empty();
    if (!at_one_distance) {
      compared = compared_launches({{cells[i].base->samples, cells[i].candidate->samples}}, finding.metric);
    }
    if (compared.centres.empty()) return std::nullopt;
    LogDifference difference = cell_difference(finding, compared, noise);
    const std::string reason = why_not_judged(cells[i], finding.metric, base.origin, candidate.origin,
                                              at_one_distance || across_distances);
    difference.judged = reason.empty();
    if (!difference.judged) refuse_to_judge(finding, reason);
    return difference;
  };
  const auto of_group = [&](Finding& finding, const CellGroup&, const auto& members) {
    return group_difference(finding, members, noise);
  };
  auto [findings, differences] = collect<LogDifference>(cells, settings, of_cell, of_group);
  judge_differences(findings, differences, settings, noise.known());
  return std::move(findings);
}

}  // namespace ipcbench
