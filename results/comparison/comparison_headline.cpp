#include "results/comparison/comparison_headline.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/comparison_rows.hpp"

namespace ipcbench {
namespace {

std::string cells_text(std::size_t number) { return counted(number, "cell"); }

// Cells by the worst that is said of them, and those that only one side has.
struct Tally {
  std::map<RowKind, std::size_t> cells;
  std::map<Verdict, std::size_t> absent;
  std::size_t groups = 0;  // families, and all cells together, that regressed
  std::size_t all = 0;
  double largest = 1;  // the largest ratio among what is slower

  [[nodiscard]] std::size_t operator[](RowKind kind) const {
    const auto found = cells.find(kind);
    return found == cells.end() ? 0 : found->second;
  }
};

Tally tally_of(const Comparison& comparison) {
  Tally tally;
  std::map<std::string, RowKind> kinds;
  for (const ComparisonRow& row : rows_of(comparison, ShortNames({}))) {
    const Finding& shown = *row.shown;
    if (shown.level != Level::cell) {
      tally.groups += row.kind == RowKind::regressed;
      continue;
    }
    kinds.try_emplace(shown.name, row.kind);  // rows come with the worst first
    if (row.kind <= RowKind::slower_ungated) tally.largest = std::max(tally.largest, shown.ratio.estimate);
  }
  for (const auto& [name, kind] : kinds) ++tally.cells[kind];
  for (const Absence& absence : comparison.absences) ++tally.absent[absence.verdict];
  tally.all = kinds.size() + comparison.absences.size();
  return tally;
}

// "2 missing, 1 slower by less than counts, 56 unchanged", without what the headline says already.
std::string rest_of(const Tally& tally, const std::vector<RowKind>& said) {
  std::vector<std::string> rest;
  const auto add = [&](std::size_t number, std::string_view what) {
    if (number > 0) rest.push_back(fmt::format("{} {}", number, what));
  };
  const auto add_rows = [&](RowKind kind, std::string_view what) {
    if (std::ranges::count(said, kind) == 0) add(tally[kind], what);
  };
  for (const auto& [verdict, cells] : tally.absent) add(cells, name_of(verdict));
  add_rows(RowKind::regressed, "regressed");
  add_rows(RowKind::incomplete, "not judged");
  add_rows(RowKind::slower, "slower by less than counts");
  add_rows(RowKind::slower_ungated, "slower but not gated");
  const bool improved_said = std::ranges::count(said, RowKind::improved) > 0;
  add((improved_said ? 0 : tally[RowKind::improved]) + tally[RowKind::faster] +
          tally[RowKind::faster_ungated],
      improved_said ? "faster by less than counts" : "faster");
  add_rows(RowKind::undecided, "undecided");
  add_rows(RowKind::unchanged, "unchanged");
  return fmt::format("{}", fmt::join(rest, ", "));
}

std::string with_rest(std::string text, std::string_view before, const std::string& rest) {
  if (!rest.empty()) text += fmt::format("{}{}", before, rest);
  return text + '.';
}

std::string mean_sentence(const Comparison& comparison) {
  const auto mean = geometric_mean(comparison);
  return mean ? fmt::format(" Geometric mean {}.", change_text(*mean)) : "";
}

std::string share_of_cells(std::size_t some, std::size_t all, std::string_view what) {
  return fmt::format("{} of {} {} {}", some, cells_text(all), some == 1 ? "is" : "are", what);
}

std::string regressed_line(const Comparison& comparison, const Tally& tally) {
  const std::size_t cells = tally[RowKind::regressed];
  const std::string what =
      cells > 0 ? share_of_cells(cells, tally.all, "slower")
                : fmt::format("{} slower as a whole, no single cell for certain",
                              fmt::format("{} {}", tally.groups,
                                          tally.groups == 1 ? "group of cells is" : "groups of cells are"));
  return with_rest("REGRESSED: " + what, "; ", rest_of(tally, {RowKind::regressed})) +
         mean_sentence(comparison);
}

std::string missing_line(const Comparison& comparison, Tally tally) {
  const std::size_t missing = std::exchange(tally.absent[Verdict::missing], 0);
  return with_rest("MISSING: " + share_of_cells(missing, tally.all, "gone"), "; ", rest_of(tally, {})) +
         mean_sentence(comparison);
}

// The measurement as a whole, or launches of single cells.
std::string invalid_line(const Comparison& comparison, const Tally& tally) {
  const auto doubt = std::ranges::find(comparison.doubts, Doubt::Level::invalid, &Doubt::level);
  if (doubt != comparison.doubts.end()) {
    const auto all = std::ranges::count(comparison.doubts, Doubt::Level::invalid, &Doubt::level);
    const std::string more = all > 1 ? fmt::format(" (and {} more)", all - 1) : "";
    return fmt::format("INVALID: nothing is judged. {} {}{}", doubt->what, doubt->advice, more);
  }
  const auto failed = std::ranges::find(comparison.absences, Verdict::invalid, &Absence::verdict);
  if (failed == comparison.absences.end()) return "INVALID: nothing is judged.";
  const std::size_t cells = tally.absent.at(Verdict::invalid);
  return fmt::format("INVALID: {} of {} could not be measured; the first, {}: {}.", cells,
                     cells_text(tally.all), ShortNames(cell_names(comparison)).cell(failed->cell),
                     failed->reason);
}

std::string incomparable_line(const Comparison& comparison) {
  const std::vector<std::string>& facts = comparison.differing;
  const std::string first =
      facts.empty() ? "the two sides were not measured under the same conditions" : facts.front();
  const std::string more = facts.size() > 1 ? fmt::format(" (and {} more)", facts.size() - 1) : "";
  return fmt::format("NOT COMPARABLE: {}{}. Measure both sides alike, or name what may differ with --across.",
                     first, more);
}

// "12 of 60 cells are slower here, by up to 31 %; 3 faster, 45 undecided"
std::string informational_line(const Comparison& comparison, const Tally& tally) {
  const std::size_t slower = tally[RowKind::slower_ungated];
  const std::string by =
      slower > 0 ? fmt::format(", by up to {}", short_change(tally.largest).substr(1)) : "";
  const std::string what = slower > 0 ? share_of_cells(slower, tally.all, "slower here") + by
                                      : std::string("no cell is slower here for certain");
  return with_rest("NOT JUDGED: " + what, "; ", rest_of(tally, {RowKind::slower_ungated})) +
         mean_sentence(comparison) + ' ' + comparison.why_informational;
}

// No cell at all is gated, though the method could have.
std::string nothing_judged_line(const Comparison& comparison, const Tally& tally) {
  const auto first = std::ranges::find_if(comparison.findings, [](const Finding& finding) {
    return finding.level == Level::cell && !finding.reason.empty();
  });
  const std::string why = first == comparison.findings.end() ? "" : ": " + first->reason;
  return fmt::format("NOT JUDGED: none of {} can be judged{}.", cells_text(tally.all), why);
}

std::string passing_line(const Comparison& comparison, const Tally& tally) {
  if (!is_anything_gated(comparison)) return nothing_judged_line(comparison, tally);
  const std::size_t improved = tally[RowKind::improved];
  std::string line = improved > 0
                         ? with_rest("IMPROVED: " + share_of_cells(improved, tally.all, "faster"), "; ",
                                     rest_of(tally, {RowKind::improved}))
                         : with_rest("No regression in " + cells_text(tally.all), ": ", rest_of(tally, {}));
  line += mean_sentence(comparison);
  const std::string blind = blind_sentence(comparison);
  return blind.empty() ? line : fmt::format("{} {}.", line, blind);
}

// "14 %" or "10 to 14 %".
std::string range_text(double low, double high) {
  const std::string from = fmt::format("{:.2g}", low * 100);
  const std::string to = fmt::format("{:.2g}", high * 100);
  return from == to ? from + " %" : fmt::format("{} to {} %", from, to);
}

std::string blind_text(const std::vector<const Finding*>& blind, Metric metric) {
  double low = INFINITY;
  double high = 0;
  std::size_t cells = 0;
  for (const Finding* finding : blind) {
    if (finding->metric != metric || !std::isfinite(finding->detectable_effect)) continue;
    low = std::min(low, finding->detectable_effect);
    high = std::max(high, finding->detectable_effect);
    ++cells;
  }
  const auto all = static_cast<std::size_t>(std::ranges::count(blind, metric, &Finding::metric));
  if (all == 0) return "";
  const std::string of = metric == Metric::time ? "" : fmt::format(" of {}", name_of(metric));
  std::string nothing = fmt::format("any slowdown{} in {}", of, cells_text(all - cells));
  if (cells == 0) return nothing;
  const std::string less = fmt::format("less than {}{} in {}", range_text(low, high), of, cells_text(cells));
  return cells == all ? less : fmt::format("{}, nor {}", less, nothing);
}

}  // namespace

std::string blind_sentence(const Comparison& comparison) {
  std::vector<const Finding*> blind;
  for (const Finding& finding : comparison.findings) {
    if (finding.level == Level::cell && finding.gated && finding.verdict == Verdict::unguarded) {
      blind.push_back(&finding);
    }
  }
  for (const Metric metric : {Metric::time, Metric::low, Metric::cpu, Metric::tail}) {
    const std::string text = blind_text(blind, metric);
    if (!text.empty()) return "This comparison cannot see " + text;
  }
  return "";
}

std::string advice(const Comparison& comparison) {
  const Verdict verdict = gate_verdict(comparison, false);
  if (verdict == Verdict::regressed) {
    return "Make these cells faster, or accept them and take the new side as the next base.";
  }
  if (verdict == Verdict::missing) return "Bring these cells back, or allow their loss with --allow-missing.";
  if (verdict != Verdict::unchanged || blind_sentence(comparison).empty()) return "";
  return comparison.method == Method::paired
             ? "Give more time (--budget, --second-blocks, --time) or a quieter machine to see less."
             : "Measure more launches (--repetitions), or both sides in one `ipcbench duet`, to see less.";
}

std::optional<double> geometric_mean(const Comparison& comparison) {
  const bool gated = std::ranges::any_of(comparison.findings, &Finding::gated);
  double sum = 0;
  std::size_t cells = 0;
  for (const Finding& finding : comparison.findings) {
    const double ratio = finding.ratio.estimate;
    if (finding.level != Level::cell || finding.metric != Metric::time || (gated && !finding.gated)) continue;
    if (!(ratio > 0) || !std::isfinite(ratio)) continue;
    sum += std::log(ratio);
    ++cells;
  }
  if (cells == 0) return std::nullopt;
  return std::exp(sum / static_cast<double>(cells));
}

std::string headline(const Comparison& comparison) {
  const Tally tally = tally_of(comparison);
  const auto line = [&]() -> std::string {
    switch (gate_verdict(comparison, false)) {
      case Verdict::regressed:
        return regressed_line(comparison, tally);
      case Verdict::missing:
        return missing_line(comparison, tally);
      case Verdict::invalid:
        return invalid_line(comparison, tally);
      case Verdict::incomparable:
        return incomparable_line(comparison);
      default:
        return comparison.method == Method::informational ? informational_line(comparison, tally)
                                                          : passing_line(comparison, tally);
    }
  };
  return printable_line(line());
}

}  // namespace ipcbench
