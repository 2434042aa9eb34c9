#include "results/comparison/reproduction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "results/comparison/differing_facts.hpp"
#include "results/comparison/findings.hpp"
#include "results/comparison/several_bases.hpp"
#include "results/statistics/equivalence.hpp"
#include "results/statistics/sign_flips.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr double kNoDistance = std::numeric_limits<double>::quiet_NaN();

void check_sides(const SampledReport& base, const SampledReport& candidate) {
  const auto& a = base.session.duet;
  const auto& b = candidate.session.duet;
  if (!base.session.id.empty() && base.session.id == candidate.session.id) {
    throw ReportError(fmt::format("{} and {} are one session", base.origin, candidate.origin),
                      "measure a second one; `ipcbench reproduce` without --with does");
  }
  if (a && b && a->id == b->id) {
    throw ReportError(fmt::format("{} and {} are the sides of one duet", base.origin, candidate.origin),
                      "`ipcbench compare` compares them block by block");
  }
}

// A calibration says something if it is of one of the two machines.
void check_calibration(const CompareOptions& options, const SampledReport& base,
                       const SampledReport& candidate) {
  if (!options.calibration) return;
  const DescribedHost calibrated{options.calibration_origin, options.calibration->host_name,
                                 options.calibration->host};
  const auto of_base = differing_facts(calibrated, host_of(base), options.across);
  if (of_base.empty() || differing_facts(calibrated, host_of(candidate), options.across).empty()) return;
  throw IncomparableError(
      fmt::format("{} is of neither machine: {}", options.calibration_origin, of_base.front()),
      fmt::format("run `ipcbench calibrate` on this machine, or allow it with --across {}",
                  of_base.front().substr(0, of_base.front().find(':'))));
}

// Whatever differs is what the reader wants to know about, so nothing stops the comparison.
CompareOptions across_everything(CompareOptions options) {
  options.across = {"*"};
  if (!options.calibration && !options.assumed_session_sd) options.assumed_session_sd = kAssumedSessionSd;
  return options;
}

double line_of(const SampledCell& cell) {
  std::vector<double> distances;
  for (const Sample& sample : cell.samples) {
    if (sample.line_rtt_ns > 0) distances.push_back(sample.line_rtt_ns);
  }
  return distances.empty() ? kNoDistance : median(distances);
}

// Two sessions that do not differ at all still have an error: that between sessions.
MarginTest tested(const ReproducedCell& cell, double within) {
  const Finding& finding = cell.finding;
  if (!cell.reason.empty()) return {};
  return test_margin(std::log(finding.ratio.estimate), finding.log_error, finding.freedom,
                     std::log1p(within));
}

std::string why_not_told(const Finding& finding, const std::string& invalid) {
  if (!invalid.empty()) return fmt::format("a session is invalid: {}", invalid);
  if (!finding.reason.empty()) return finding.reason;
  if (!std::isfinite(finding.log_error)) return "its noise is unknown";
  return finding.gated ? "" : "its ends are not pinned, so that each session may place them otherwise";
}

std::vector<ReproducedCell> cells_of(const Comparison& comparison, const SampledReport& base,
                                     const SampledReport& candidate, const std::string& invalid) {
  const CellsByName before = cells_by_name(base);
  const CellsByName after = cells_by_name(candidate);
  std::vector<ReproducedCell> cells;
  for (const Finding& finding : comparison.findings) {
    if (finding.level != Level::cell || finding.metric != Metric::time) continue;
    ReproducedCell& cell = cells.emplace_back();
    cell.finding = finding;
    cell.reason = why_not_told(finding, invalid);
    cell.base_line_ns = line_of(*before.at(finding.name));
    cell.new_line_ns = line_of(*after.at(finding.name));
  }
  return cells;
}

void judge_cells(Reproduction& result) {
  std::vector<double> within;
  std::vector<double> beyond;
  std::vector<ReproducedCell*> judged;
  for (ReproducedCell& cell : result.cells) {
    if (!cell.reason.empty()) continue;
    const MarginTest test = tested(cell, result.within);
    cell.p_reproduced = test.p_within;
    cell.p_differs = test.p_beyond;
    within.push_back(test.p_within);
    beyond.push_back(test.p_beyond);
    judged.push_back(&cell);
  }
  const std::vector<bool> same = discoveries(within, result.error_rate);
  const std::vector<bool> other = discoveries(beyond, result.error_rate);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (same[i]) judged[i]->verdict = Reproduced::reproduced;
    if (other[i]) judged[i]->verdict = Reproduced::differs;
  }
  std::ranges::stable_sort(result.cells, {}, [](const ReproducedCell& cell) {
    return std::tuple(cell.verdict, -std::abs(std::log(cell.finding.ratio.estimate)));
  });
}

void add_lacking(Reproduction& result, const SampledReport& base, const SampledReport& candidate) {
  const CellsByName after = cells_by_name(candidate);
  const auto reason_in = [](const std::vector<Omission>& omissions, const std::string& cell) {
    const auto found = std::ranges::find(omissions, cell, &Omission::cell);
    return found == omissions.end() ? std::optional<std::string>() : found->reason;
  };
  for (const SampledCell& cell : base.cells) {
    if (after.contains(cell.name)) continue;
    if (const auto failure = reason_in(candidate.failed, cell.name)) {
      result.failed.push_back({cell.name, *failure});
    } else if (const auto skipped = reason_in(candidate.skipped, cell.name)) {
      result.not_possible.push_back({cell.name, *skipped});
    } else {
      result.not_measured.push_back({cell.name, fmt::format("not in {}", candidate.origin)});
    }
  }
}

void add_floor(std::vector<FloorPair>& floors, const std::string& name, double base, double candidate) {
  if (base > 0 && candidate > 0) floors.push_back({name, base, candidate});
}

std::vector<FloorPair> floors_of(const Floors& base, const Floors& candidate) {
  std::vector<FloorPair> floors;
  add_floor(floors, "reading the clock", base.clock_ns, candidate.clock_ns);
  add_floor(floors, "round trip over nothing", base.null_round_trip_ns, candidate.null_round_trip_ns);
  for (const auto& before : base.distances.value_or(std::vector<Floors::Distance>{})) {
    for (const auto& after : candidate.distances.value_or(std::vector<Floors::Distance>{})) {
      if (before.cpus != after.cpus) continue;
      add_floor(floors, fmt::format("line_rtt, cpus:{}", name_of(before.cpus)),
                before.line_rtt_ns.value_or(0), after.line_rtt_ns.value_or(0));
      add_floor(floors, fmt::format("wake-up, cpus:{}", name_of(before.cpus)), before.wake_ns.value_or(0),
                after.wake_ns.value_or(0));
    }
  }
  return floors;
}

std::string source_of_sd(const CompareOptions& options) {
  if (options.calibration) return options.calibration_origin;
  return options.assumed_session_sd ? "given" : "assumed";
}

std::vector<std::string> facts_between(const SampledReport& base, const SampledReport& candidate,
                                       const std::vector<std::string>& across) {
  std::vector<std::string> facts = differences_between(base, candidate, across);
  const bool on_purpose =
      std::ranges::any_of(across, [](const std::string& pattern) { return matches(pattern, "version"); });
  if (base.version != candidate.version && !on_purpose) {
    facts.push_back(fmt::format("version: {} in {}, {} in {}", base.version, base.origin, candidate.version,
                                candidate.origin));
  }
  return facts;
}

}  // namespace

std::size_t Reproduction::count(Reproduced verdict) const {
  return static_cast<std::size_t>(std::ranges::count(cells, verdict, &ReproducedCell::verdict));
}

Reproduction judge_reproduction(const SampledReport& base, const SampledReport& candidate,
                                const ReproductionOptions& options) {
  check_sides(base, candidate);
  check_calibration(options.sessions, base, candidate);
  GateSettings settings;
  settings.confidence = 1 - options.error_rate;
  const Comparison comparison = compare(base, candidate, settings, across_everything(options.sessions));
  Reproduction result;
  result.base = comparison.base;
  result.candidate = comparison.candidate;
  result.within = options.within;
  result.error_rate = options.error_rate;
  result.session_sd = comparison.session_sd.value_or(kAssumedSessionSd);
  result.session_sd_from = source_of_sd(options.sessions);
  result.doubts = comparison.doubts;
  const auto invalid = std::ranges::find(result.doubts, Doubt::Level::invalid, &Doubt::level);
  if (invalid != result.doubts.end()) result.invalid = invalid->what;
  result.cells = cells_of(comparison, base, candidate, result.invalid);
  judge_cells(result);
  add_lacking(result, base, candidate);
  result.facts = facts_between(base, candidate, options.sessions.across);
  result.floors = floors_of(base.floors, candidate.floors);
  return result;
}

}  // namespace ipcbench
