#include "results/comparison/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "results/comparison/differing_facts.hpp"
#include "results/comparison/distance_classes.hpp"
#include "results/comparison/findings.hpp"
#include "results/comparison/remarks.hpp"
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
  return "Whether two sessions of this host differ by that much anyway is not known: give several sessions "
         "of the "
         "base (--base) or --calibration (made by `ipcbench calibrate`), or measure both sides in one "
         "session with "
         "`ipcbench duet`.";
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

// A doubt that several reports have is listed once.
void add_doubts(std::vector<Doubt>& doubts, const std::vector<Doubt>& more) {
  for (const Doubt& doubt : more) {
    const bool known = std::ranges::any_of(doubts, [&](const Doubt& d) { return d.what == doubt.what; });
    if (!known) doubts.push_back(doubt);
  }
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

bool comparable(const Sample& base, const Sample& candidate, Metric metric) {
  return base.ns[place_of(metric)] > 0 && candidate.ns[place_of(metric)] > 0 &&
         at_one_distance(base, candidate);
}

// The medians of the pairs that the change rests on: the first blocks, or only the fresh ones.
void set_medians_of_pairs(std::vector<Finding>& findings, const std::vector<CellPair>& cells,
                          std::uint32_t first_blocks) {
  std::unordered_map<std::string_view, const CellPair*> by_name;
  for (const CellPair& cell : cells) by_name.emplace(cell.base->name, &cell);
  for (Finding& finding : findings) {
    if (finding.level != Level::cell) continue;
    const CellPair& cell = *by_name.at(finding.name);
    std::vector<Sample> base;
    std::vector<Sample> candidate;
    for (const Sample& sample : cell.base->samples) {
      const auto other = std::ranges::find(cell.candidate->samples, sample.launch, &Sample::launch);
      const bool decides = (sample.launch >= first_blocks) == finding.second_stage;
      if (!decides || other == cell.candidate->samples.end()) continue;
      if (!comparable(sample, *other, finding.metric)) continue;
      base.push_back(sample);
      candidate.push_back(*other);
    }
    if (base.empty()) continue;
    finding.base_ns = median_ns(base, finding.metric);
    finding.new_ns = median_ns(candidate, finding.metric);
  }
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

// Everything that does not depend on the method.
Comparison begin_comparison(const SampledReport& base, const SampledReport& candidate,
                            const GateSettings& settings) {
  if (common_cells(base, candidate).empty()) {
    throw ReportError(fmt::format("no cell of {} is in {}", base.origin, candidate.origin));
  }
  Comparison result;
  result.base = side_of(base);
  result.candidate = side_of(candidate);
  result.settings = settings;
  result.absences = absences_of(base, candidate, settings);
  add_doubts(result.doubts, base.doubts);
  add_doubts(result.doubts, candidate.doubts);
  add_doubts(result.doubts, doubts_about(candidate));
  return result;
}

// The calibration says how much sessions differ on its host, and nothing about another one. The base is
// compared with the new report elsewhere.
void require_fitting(const CompareOptions& options, const SampledReport& base,
                     const SampledReport& candidate) {
  const Calibration& calibration = *options.calibration;
  const DescribedHost host{options.calibration_origin, calibration.host_name, calibration.host};
  std::vector<std::string> differing = differing_facts(host, host_of(base), options.across);
  const bool any_version = std::ranges::any_of(
      options.across, [](const std::string& pattern) { return matches(pattern, "version"); });
  const bool known = calibration.version == base.version || calibration.version == candidate.version;
  if (!known && !any_version) {
    differing.push_back(fmt::format("version: {} in {}, {} in {}", calibration.version,
                                    options.calibration_origin, base.version, base.origin));
  }
  const bool fits = differing.empty();
  if (fits) return;
  const std::string more =
      differing.size() == 1 ? "" : fmt::format(", and {} more facts differ", differing.size() - 1);
  throw IncomparableError(
      fmt::format("{} is of another host or program: {}{}", options.calibration_origin, differing.front(),
                  more),
      fmt::format("run `ipcbench calibrate` where these reports were measured, or allow it with --across {}",
                  differing.front().substr(0, differing.front().find(':'))));
}

void compare_sessions(Comparison& result, const SampledReport& base, const SampledReport& candidate,
                      const CompareOptions& options) {
  const bool informational = result.method == Method::informational;
  if (!informational && options.calibration) require_fitting(options, base, candidate);
  result.findings =
      independent_findings(base, candidate, result.settings, informational ? CompareOptions{} : options);
  if (informational) result.why_informational = why_informational(base, candidate);
  if (!base.plain && !candidate.plain) {
    result.differing = differences_between(base, candidate, options.across);
  }
  if (informational) return;
  result.session_sd = options.assumed_session_sd ? *options.assumed_session_sd
                                                 : typical_session_sd(*options.calibration, Metric::time);
}

// The verdicts that follow from the findings, and their order.
void finish_comparison(Comparison& result, const SampledReport& base) {
  set_aside_own_rates(result.findings, base);
  mark_watched(result.findings, result.settings.watch_rate);
  result.verdict = verdict_of(result);
  if (const auto verdict = overruling(result)) {
    result.verdict = *verdict;
    for (Finding& finding : result.findings) finding.verdict = *verdict;
  }
  order_worst_first(result.findings);
}

}  // namespace

Comparison compare(const SampledReport& base, const SampledReport& candidate, const GateSettings& settings,
                   const CompareOptions& options) {
  Comparison result = begin_comparison(base, candidate, settings);
  result.method = method_of(base, candidate, options);
  add_doubts(result.doubts, doubts_about_sides(base, candidate));
  add_doubts(result.doubts, doubts_about_lengths(base, candidate));
  add_doubts(result.doubts, doubts_about(base));
  if (result.method == Method::paired) {
    result.findings = paired_findings(base, candidate, settings);
    const std::vector<CellPair> cells = common_cells(base, candidate);
    set_medians_of_pairs(result.findings, cells, base.session.duet->first_blocks);
    note_moved_pairs(result, cells);
  } else {
    compare_sessions(result, base, candidate, options);
  }
  finish_comparison(result, base);
  return result;
}

Comparison compare(std::vector<SampledReport> bases, const SampledReport& candidate,
                   const GateSettings& settings, const CompareOptions& options) {
  if (bases.size() < kFewestBases) {
    throw ReportError(
        fmt::format("{} {} no variance between sessions: at least {} bases are needed", bases.size(),
                    bases.size() == 1 ? "base shows" : "bases show", kFewestBases),
        "measure more sessions, or compare two reports (ipcbench compare BASE NEW) with a calibration");
  }
  auto [kept, left_out] = choose_bases(std::move(bases), candidate, options.across);
  const SampledReport base = merged(kept);
  Comparison result = begin_comparison(base, candidate, settings);
  result.method = Method::several_bases;
  result.left_out = std::move(left_out);
  for (const SampledReport& each : kept) {
    result.bases.push_back(side_of(each));
    add_doubts(result.doubts, doubts_about(each));
  }
  for (const auto& [origin, reason] : result.left_out) {
    result.doubts.push_back({Doubt::Level::warn, fmt::format("{} was left out: {}.", origin, reason), ""});
  }
  add_doubts(result.doubts, doubts_about_sides(base, candidate));
  add_doubts(result.doubts, doubts_about_lengths(base, candidate));
  add_doubts(result.doubts, doubts_about_times(kept));
  auto [findings, session_sd] = predicted_findings(base, kept.size(), candidate, settings);
  result.findings = std::move(findings);
  result.session_sd = session_sd;
  finish_comparison(result, base);
  return result;
}

bool is_anything_gated(const Comparison& comparison) {
  return std::ranges::any_of(comparison.findings, &Finding::gated);
}

Verdict gate_verdict(const Comparison& comparison, bool require_power) {
  for (const Verdict verdict : {Verdict::invalid, Verdict::incomparable, Verdict::regressed}) {
    if (comparison.verdict == verdict) return verdict;
  }
  const bool failed = std::ranges::any_of(
      comparison.absences, [](const Absence& absence) { return absence.verdict == Verdict::invalid; });
  if (failed) return Verdict::invalid;
  if (comparison.verdict == Verdict::missing) return Verdict::missing;
  const bool weak = has(comparison.findings, Verdict::unguarded) || !is_anything_gated(comparison);
  return require_power && weak ? Verdict::unguarded : Verdict::unchanged;
}

}  // namespace ipcbench
