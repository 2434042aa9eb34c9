#include "results/comparison/several_bases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>

#include "results/comparison/distance_classes.hpp"
#include "results/comparison/log_difference.hpp"
#include "results/comparison/session_centres.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

using boost::math::statistics::mean;

// The launches of a cell in one base; `launch` is the base's index, see merged().
std::vector<Sample> launches_of_base(const std::vector<Sample>& launches, std::size_t base) {
  std::vector<Sample> chosen;
  std::ranges::copy_if(launches, std::back_inserter(chosen),
                       [base](const Sample& sample) { return sample.launch == base; });
  return chosen;
}

// A base whose launches can be judged.
struct BaseCentre {
  std::size_t base = 0;
  LogCentre centre;
};

std::vector<BaseCentre> centres_of_bases(const std::vector<Sample>& launches, std::size_t bases,
                                         Metric metric) {
  std::vector<BaseCentre> centres;
  for (std::size_t b = 0; b < bases; ++b) {
    const std::vector<Sample> own = launches_of_base(launches, b);
    if (own.size() < kFewestLaunches || !why_not_judged(own, metric, "").empty()) continue;
    centres.push_back({b, *log_centre(own, metric)});
  }
  return centres;
}

// The distance of the CPUs at which most bases can be compared with the new report.
DistanceClass best_class(const CellPair& cell, std::size_t bases, Metric metric) {
  std::vector<DistanceClass> classes = comparable_classes(cell);
  if (classes.empty()) return {};
  return *std::ranges::max_element(classes, {}, [&](const DistanceClass& each) {
    return std::pair(centres_of_bases(each.base, bases, metric).size(), each.candidate.size());
  });
}

// Launches of one variance: of a centre of that many new ones, beyond that of a base's centre.
VariancePart variance_of_fewer_launches(const std::vector<BaseCentre>& bases, const LogCentre& candidate) {
  double variance = 0;
  double reciprocal = 0;
  double freedom = 0;
  for (const auto& [base, centre] : bases) {
    const auto launches = static_cast<double>(centre.launches);
    variance += centre.sd * centre.sd / static_cast<double>(bases.size());
    reciprocal += 1 / launches / static_cast<double>(bases.size());
    freedom += launches - 1;
  }
  const double more = std::max(0.0, 1 / static_cast<double>(candidate.launches) - reciprocal);
  return part_of(kCentreVariance * variance * more, freedom);
}

// Why a cell cannot be judged, of the new report or of most bases; empty if it can.
std::string why_cell_not_judged(const CellPair& cell, Metric metric, std::size_t bases, std::size_t usable,
                                const SampledReport& candidate) {
  std::string reason = why_not_judged(cell.candidate->samples, metric, candidate.origin);
  if (!reason.empty() || usable >= kFewestBases) return reason;
  if (centres_of_bases(cell.base->samples, bases, metric).size() >= kFewestBases) {
    return "the CPUs of the two sides were at different distances (line_rtt): measure both in one session";
  }
  return fmt::format(
      "fewer than {} bases have {} launches with this figure in at least half of their launches",
      kFewestBases, kFewestLaunches);
}

SessionCentres centres_of_cell(Finding& finding, const CellPair& cell, std::size_t bases,
                               const SampledReport& candidate) {
  const Metric metric = finding.metric;
  const DistanceClass launches = best_class(cell, bases, metric);
  const std::vector<BaseCentre> usable = centres_of_bases(launches.base, bases, metric);
  const auto fresh = log_centre(launches.candidate, metric);
  SessionCentres centres{std::vector<double>(bases, std::numeric_limits<double>::quiet_NaN()), 0, {}, false};
  const std::string reason = why_cell_not_judged(cell, metric, bases, usable.size(), candidate);
  if (!reason.empty() || !fresh) {
    refuse_to_judge(finding, reason);
    finding.base_launches = cell.base->samples.size();
    finding.new_launches = cell.candidate->samples.size();
    centres.candidate = std::log(finding.new_ns / finding.base_ns);
    return centres;
  }
  std::vector<Sample> used;
  for (const auto& [base, centre] : usable) {
    centres.bases[base] = centre.centre;
    finding.base_launches += centre.launches;
    std::ranges::copy(launches_of_base(launches.base, base), std::back_inserter(used));
  }
  finding.new_launches = fresh->launches;
  finding.base_ns = median_ns(used, metric);
  finding.new_ns = median_ns(launches.candidate, metric);
  centres.candidate = fresh->centre;
  centres.fewer_launches = variance_of_fewer_launches(usable, *fresh);
  centres.judged = true;
  return centres;
}

// A group's value in a session is the centre of its cells' deviations, each from the mean of the cell's
// bases. Only cells that every base has take part, so that all sessions are centres of the same cells.
SessionCentres centres_of_group(Finding& finding, const std::vector<const SessionCentres*>& members) {
  std::vector<std::vector<double>> by_base;
  std::vector<double> fresh;
  VariancePart fewer;
  for (const SessionCentres* member : members) {
    if (!member->judged || member->known().size() < member->bases.size()) continue;
    const double middle = mean(member->bases);
    by_base.resize(member->bases.size());
    for (std::size_t b = 0; b < by_base.size(); ++b) by_base[b].push_back(member->bases[b] - middle);
    fresh.push_back(member->candidate - middle);
    fewer.variance += member->fewer_launches.variance;
    fewer.doubt += member->fewer_launches.doubt;
  }
  finding.base_launches = finding.new_launches = fresh.size();
  if (fresh.size() < 2) {
    refuse_to_judge(finding, "fewer than two of its cells can be judged in every base");
    return {};
  }
  SessionCentres centres{{}, hodges_lehmann(fresh), {}, true};
  for (const auto& deviations : by_base) centres.bases.push_back(hodges_lehmann(deviations));
  centres.fewer_launches =
      weighted_sum({fewer}, {std::sqrt(kCentreVariance) / static_cast<double>(fresh.size())});
  return centres;
}

std::optional<double> typical_sd(const Tested<SessionCentres>& tested,
                                 const std::vector<LogDifference>& differences) {
  std::vector<double> sds;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    const Finding& finding = tested.findings[i];
    if (!differences[i].judged || finding.level != Level::cell || finding.metric != Metric::time) continue;
    const auto bases = static_cast<double>(tested.numbers[i].known().size());
    sds.push_back(std::sqrt(differences[i].parts.front().variance / (1 + 1 / bases)));
  }
  return sds.empty() ? std::nullopt : std::optional(median(std::move(sds)));
}

}  // namespace

PredictedFindings predicted_findings(const SampledReport& base, std::size_t bases,
                                     const SampledReport& candidate, const GateSettings& settings) {
  const std::vector<CellPair> cells = common_cells(base, candidate);
  const auto of_cell = [&](Finding& finding, std::size_t i) -> std::optional<SessionCentres> {
    if (finding.base_ns == 0 || finding.new_ns == 0) return std::nullopt;  // a side has no such figure
    return centres_of_cell(finding, cells[i], bases, candidate);
  };
  const auto of_group = [](Finding& finding, const CellGroup&, const auto& members) {
    return centres_of_group(finding, members);
  };
  Tested<SessionCentres> tested = collect<SessionCentres>(cells, settings, of_cell, of_group);
  const std::vector<LogDifference> differences = predicted_differences(tested);
  const std::optional<double> session_sd = typical_sd(tested, differences);
  judge_differences(tested.findings, differences, settings, true);
  return {std::move(tested.findings), session_sd};
}

}  // namespace ipcbench
