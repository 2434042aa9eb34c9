#include "results/comparison/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "results/comparison/differing_facts.hpp"
#include "results/comparison/distance_classes.hpp"
#include "results/comparison/findings.hpp"
#include "results/report/report_json.hpp"
#include "results/statistics/sign_flips.hpp"

namespace ipcbench {
namespace {

bool of_one_duet(const SampledReport& base, const SampledReport& candidate) {
  const auto& a = base.session.duet;
  const auto& b = candidate.session.duet;
  return a && b && a->id == b->id && a->side == "base" && b->side == "new";
}

ComparedSide side_of(const SampledReport& report) {
  return {.origin = report.origin,
          .version = report.version,
          .host_name = report.context.host_name,
          .session = report.session};
}

Method method_of(const SampledReport& base, const SampledReport& candidate, const CompareOptions& options) {
  if (of_one_duet(base, candidate)) return Method::paired;
  if (base.plain || candidate.plain) return Method::informational;
  return options.calibration || options.assumed_session_sd ? Method::independent : Method::informational;
}

std::string why_informational(const SampledReport& base, const SampledReport& candidate) {
  if (base.plain || candidate.plain) {
    return "Whether two sessions differ by that much anyway is not known: a plain Google Benchmark report "
           "does "
           "not say where it was measured.";
  }
  return "Whether two sessions of this host differ by that much anyway is not known: run `ipcbench "
         "calibrate` "
         "and give --calibration, or measure both sides in one session with `ipcbench duet`.";
}

// The cells that only one side has, with the reason why the other one lacks them.
void add_one_sided(std::vector<Absence>& absences, const SampledReport& has, const SampledReport& lacks,
                   Verdict verdict) {
  std::unordered_map<std::string, Absence> explained;  // by cell
  for (const auto& [cell, reason] : lacks.failed) {
    explained.try_emplace(
        cell, Absence{cell, Verdict::invalid, fmt::format("failed in {}: {}", lacks.origin, reason)});
  }
  for (const auto& [cell, reason] : lacks.skipped) {
    explained.try_emplace(cell,
                          Absence{cell, verdict, fmt::format("skipped in {}: {}", lacks.origin, reason)});
  }
  const CellsByName others = cells_by_name(lacks);
  for (const SampledCell& cell : has.cells) {
    if (others.contains(cell.name)) continue;
    const Absence unexplained{cell.name, verdict, fmt::format("not in {}", lacks.origin)};
    absences.push_back(explained.try_emplace(cell.name, unexplained).first->second);
  }
}

std::vector<Absence> absences_of(const SampledReport& base, const SampledReport& candidate,
                                 const GateSettings& settings) {
  std::vector<Absence> absences;
  add_one_sided(absences, base, candidate, Verdict::missing);
  add_one_sided(absences, candidate, base, Verdict::added);
  for (Absence& absence : absences) {
    absence.allowed = absence.verdict == Verdict::missing &&
                      std::ranges::any_of(settings.allow_missing, [&](const std::string& pattern) {
                        return matches(pattern, absence.cell);
                      });
  }
  std::ranges::sort(absences, {}, [](const Absence& a) { return std::tuple(a.verdict, a.cell); });
  return absences;
}

// A doubt that both sides have is listed once.
std::vector<Doubt> doubts_of(const SampledReport& base, const SampledReport& candidate) {
  std::vector<Doubt> doubts = base.doubts;
  for (const Doubt& doubt : candidate.doubts) {
    const bool known = std::ranges::any_of(doubts, [&](const Doubt& d) { return d.what == doubt.what; });
    if (!known) doubts.push_back(doubt);
  }
  return doubts;
}

void note_moved_pairs(Comparison& comparison, const std::vector<CellPair>& cells) {
  const auto [moved, all] = moved_pairs(cells);
  if (moved == 0) return;
  comparison.doubts.push_back(
      {Doubt::Level::info,
       fmt::format("{} of {} pairs of launches were left out: between the two, the distance of their CPUs "
                   "changed by more than half.",
                   moved, all),
       "Pin the virtual CPUs, or measure on a machine without a hypervisor."});
}

// Shows their numbers without a verdict.
void set_aside_own_rates(std::vector<Finding>& findings, const SampledReport& base) {
  const CellsByName cells = cells_by_name(base);
  for (Finding& finding : findings) {
    if (finding.level != Level::cell || !cells.at(finding.name)->own_rate) continue;
    finding.verdict = Verdict::inconclusive;
    finding.reason = "not judged: its rate is a share of a capacity that was measured in the same launch";
  }
}

void mark_watched(std::vector<Finding>& findings, double rate) {
  std::vector<double> p;
  std::vector<Finding*> cells;
  for (Finding& finding : findings) {
    if (finding.level != Level::cell || !finding.gated) continue;
    p.push_back(finding.p_slower);
    cells.push_back(&finding);
  }
  const std::vector<bool> discovered = discoveries(p, rate);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Verdict verdict = cells[i]->verdict;
    cells[i]->watch = discovered[i] && verdict != Verdict::regressed && verdict != Verdict::slower;
  }
}

// The verdict that replaces those of all findings, if there is one.
std::optional<Verdict> overruling(const Comparison& comparison) {
  const bool invalid = std::ranges::any_of(
      comparison.doubts, [](const Doubt& doubt) { return doubt.level == Doubt::Level::invalid; });
  if (invalid) return Verdict::invalid;
  return comparison.differing.empty() ? std::nullopt : std::optional(Verdict::incomparable);
}

// By verdict, then by the change in units of the smallest effect.
void order_worst_first(std::vector<Finding>& findings) {
  const auto key = [](const Finding& f) {
    const double times = f.smallest_effect > 0 ? std::log(f.ratio.estimate) / f.smallest_effect : 0;
    return std::tuple(f.verdict, f.level, -times, f.name, f.metric);
  };
  std::ranges::sort(findings, {}, key);
}

// Whether a gated finding has the verdict.
bool has(const std::vector<Finding>& findings, Verdict verdict) {
  return std::ranges::any_of(findings, [&](const Finding& f) { return f.gated && f.verdict == verdict; });
}

// What the new side can no longer do counts more than what it does too noisily.
Verdict verdict_of(const Comparison& comparison) {
  const std::vector<Finding>& findings = comparison.findings;
  if (has(findings, Verdict::regressed)) return Verdict::regressed;
  const bool lacks = std::ranges::any_of(comparison.absences, [](const Absence& absence) {
    return absence.verdict == Verdict::missing && !absence.allowed;
  });
  if (lacks) return Verdict::missing;
  for (const Verdict verdict : {Verdict::slower, Verdict::unguarded, Verdict::inconclusive, Verdict::improved,
                                Verdict::faster, Verdict::unchanged}) {
    if (has(findings, verdict)) return verdict;
  }
  return Verdict::inconclusive;
}

}  // namespace

Comparison compare(const SampledReport& base, const SampledReport& candidate, const GateSettings& settings,
                   const CompareOptions& options) {
  if (common_cells(base, candidate).empty()) {
    throw ReportError(fmt::format("no cell of {} is in {}", base.origin, candidate.origin));
  }
  Comparison result;
  result.method = method_of(base, candidate, options);
  result.base = side_of(base);
  result.candidate = side_of(candidate);
  result.settings = settings;
  result.absences = absences_of(base, candidate, settings);
  result.doubts = doubts_of(base, candidate);
  if (result.method == Method::paired) {
    result.findings = paired_findings(base, candidate, settings);
    note_moved_pairs(result, common_cells(base, candidate));
  } else {
    const bool informational = result.method == Method::informational;
    result.findings =
        independent_findings(base, candidate, settings, informational ? CompareOptions{} : options);
    if (informational) result.why_informational = why_informational(base, candidate);
    if (!base.plain && !candidate.plain) result.differing = differing_facts(base, candidate, options.across);
  }
  if (result.method == Method::independent) {
    result.session_sd = options.assumed_session_sd ? *options.assumed_session_sd
                                                   : typical_session_sd(*options.calibration, Metric::time);
  }
  set_aside_own_rates(result.findings, base);
  mark_watched(result.findings, settings.watch_rate);
  result.verdict = verdict_of(result);
  if (const auto verdict = overruling(result)) {
    result.verdict = *verdict;
    for (Finding& finding : result.findings) finding.verdict = *verdict;
  }
  order_worst_first(result.findings);
  return result;
}

Verdict gate_verdict(const Comparison& comparison, bool require_power) {
  for (const Verdict verdict : {Verdict::invalid, Verdict::incomparable, Verdict::regressed}) {
    if (comparison.verdict == verdict) return verdict;
  }
  const bool failed = std::ranges::any_of(
      comparison.absences, [](const Absence& absence) { return absence.verdict == Verdict::invalid; });
  if (failed) return Verdict::invalid;
  if (comparison.verdict == Verdict::missing) return Verdict::missing;
  const bool weak =
      has(comparison.findings, Verdict::unguarded) || comparison.method == Method::informational;
  return require_power && weak ? Verdict::unguarded : Verdict::unchanged;
}

}  // namespace ipcbench
