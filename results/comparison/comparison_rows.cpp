#include "results/comparison/comparison_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr double kFirstFactor = 10;  // from which on a change is written as a factor

bool is_slower(Verdict verdict) { return verdict == Verdict::regressed || verdict == Verdict::slower; }
bool is_faster(Verdict verdict) { return verdict == Verdict::improved || verdict == Verdict::faster; }

// Too little was measured for an interval.
bool is_not_judged(const Finding& finding) {
  return !finding.gated && !finding.reason.empty() && !(finding.ratio.confidence > 0);
}

// A change that is reported and not gated counts as less than one that is.
RowKind kind_of(const Finding& finding) {
  switch (finding.verdict) {
    case Verdict::regressed:
      return finding.gated ? RowKind::regressed : RowKind::slower_ungated;
    case Verdict::slower:
      return finding.gated ? RowKind::slower : RowKind::slower_ungated;
    case Verdict::improved:
      return finding.gated ? RowKind::improved : RowKind::faster_ungated;
    case Verdict::faster:
      return finding.gated ? RowKind::faster : RowKind::faster_ungated;
    case Verdict::unchanged:
      return RowKind::unchanged;
    case Verdict::unguarded:
    case Verdict::inconclusive:
      return is_not_judged(finding) ? RowKind::incomplete : RowKind::undecided;
    case Verdict::invalid:
    case Verdict::missing:
    case Verdict::incomparable:
    case Verdict::added:
      break;
  }
  return RowKind::incomplete;
}

// The place among a row's metrics: a tail is the least steady of them.
std::size_t place_in_row(Metric metric) {
  constexpr std::array kOrder{Metric::time, Metric::low, Metric::cpu, Metric::tail};
  return static_cast<std::size_t>(std::ranges::find(kOrder, metric) - kOrder.begin());
}

ComparisonRow row_of(std::string name, Findings findings) {
  std::ranges::sort(findings, {}, [](const Finding* f) { return place_in_row(f->metric); });
  const auto worst = std::ranges::min_element(findings, {}, [](const Finding* f) { return kind_of(*f); });
  std::rotate(findings.begin(), worst, worst + 1);
  return {kind_of(*findings.front()), std::move(name), findings.front(), std::move(findings)};
}

// Undecided and unchanged rows are about time, or whatever metric comes first if time is unknown: the other
// ones say nothing that the row's kind does not.
Findings leading(Findings findings) {
  std::ranges::sort(findings, {}, [](const Finding* f) { return place_in_row(f->metric); });
  findings.resize(std::min<std::size_t>(findings.size(), 1));
  return findings;
}

void add_rows(std::vector<ComparisonRow>& rows, const std::string& name, const Findings& findings) {
  const auto of = [&](auto condition) {
    Findings chosen;
    std::ranges::copy_if(findings, std::back_inserter(chosen),
                         [&](const Finding* f) { return condition(f->verdict); });
    return chosen;
  };
  const Findings slower = of(is_slower);
  const Findings faster = of(is_faster);
  if (!slower.empty()) rows.push_back(row_of(name, slower));
  if (!faster.empty()) rows.push_back(row_of(name, faster));
  if (slower.empty() && faster.empty() && !findings.empty()) rows.push_back(row_of(name, leading(findings)));
}

// By kind, then by the change in units of what counts.
void order_rows(std::vector<ComparisonRow>& rows) {
  const auto key = [](const ComparisonRow& row) {
    const Finding& finding = *row.shown;
    const double change = std::log(finding.ratio.estimate);
    const double size = std::isnan(change) ? 0 : std::abs(change);
    return std::pair(row.kind, finding.smallest_effect > 0 ? -size / finding.smallest_effect : 0);
  };
  std::ranges::stable_sort(rows, {}, key);
}

// In per cent, without a sign where nothing is negative.
std::string in_percent(double ratio, int decimals) {
  const double scale = decimals == 0 ? 1 : 10;
  const double value = std::round((ratio - 1) * 100 * scale) / scale;
  return fmt::format("{:.{}f}", value == 0 ? 0.0 : value, decimals);
}

int decimals_for(double ratio) { return std::abs(ratio - 1) < 0.0995 ? 1 : 0; }

}  // namespace

std::vector<ComparisonRow> rows_of(const Comparison& comparison, const ShortNames& names) {
  const ComparedGroups groups = group_findings(comparison);
  std::vector<ComparisonRow> rows;
  add_rows(rows, "all cells together", groups.whole);
  for (const ComparedFamily& family : groups.families) {
    add_rows(rows, names.family(family.name), family.findings);
    for (const FindingGroup& cell : family.cells) add_rows(rows, names.cell(cell.name), cell.findings);
  }
  std::erase_if(
      rows, [](const ComparisonRow& row) { return row.shown->level != Level::cell && !is_change(row.kind); });
  order_rows(rows);
  return rows;
}

std::string metrics_text(const ComparisonRow& row) {
  std::string text(name_of(row.shown->metric));
  for (std::size_t i = 1; i < row.findings.size(); ++i) {
    const bool is_last = i + 1 == row.findings.size();
    text += fmt::format("{}{}", is_last ? " and " : ", ", name_of(row.findings[i]->metric));
  }
  return text;
}

std::string times_text(const Finding& finding) {
  if (!(finding.base_ns > 0) || !(finding.new_ns > 0)) return "";
  std::string base = format_duration_ns(finding.base_ns);
  const std::string candidate = format_duration_ns(finding.new_ns);
  const std::size_t unit = base.find(' ');
  if (unit != std::string::npos && candidate.ends_with(base.substr(unit))) base.resize(unit);
  return fmt::format("{} -> {}", base, candidate);
}

std::string short_change(double ratio) {
  if (std::isnan(ratio)) return "?";
  if (std::isinf(ratio)) return "inf";
  if (ratio >= kFirstFactor) return fmt::format("x{:.3g}", ratio);
  const std::string text = in_percent(ratio, decimals_for(ratio));
  return fmt::format("{}{} %", text.front() == '-' ? "" : "+", text);
}

std::string short_interval(const Ratio& ratio) {
  const auto end = [&](double value) -> std::string {
    if (std::isnan(value)) return "?";
    if (std::isinf(value)) return "inf";
    return ratio.estimate >= kFirstFactor ? fmt::format("x{:.3g}", value)
                                          : in_percent(value, decimals_for(ratio.estimate));
  };
  return fmt::format("{} to {}", end(ratio.low), end(ratio.high));
}

std::string title_of(RowKind kind, const Comparison& comparison) {
  const bool here = comparison.method == Method::informational;
  switch (kind) {
    case RowKind::regressed:
      return "Slower";
    case RowKind::incomplete:
      return "Not judged";
    case RowKind::slower:
      return "Slower, by less than counts";
    case RowKind::slower_ungated:
      return here ? "Slower here" : "Slower, not gated";
    case RowKind::improved:
      return "Faster";
    case RowKind::faster:
      return "Faster, by less than counts";
    case RowKind::faster_ungated:
      return here ? "Faster here" : "Faster, not gated";
    case RowKind::undecided:
      return "Undecided";
    case RowKind::unchanged:
      return "Unchanged";
  }
  return "";
}

}  // namespace ipcbench
