#include "results/summary/overview.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"
#include "results/summary/cell_groups.hpp"
#include "results/summary/count_tables.hpp"
#include "results/summary/marks.hpp"
#include "results/summary/ranking_lines.hpp"
#include "results/summary/rankings.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

// --- Before the answer ----------------------------------------------------------------------------------

std::string title_text(const Report& report, const TextStyle& style) {
  const Session& session = report.session;
  const std::string text = wrap_paragraph(
      "",
      fmt::format("ipcbench {} on {}, profile {}: {}, {}.", report.version, report.context.host_name,
                  session.profile, counted(report.cells.size(), "cell"),
                  counted(report.cells.launches(), "launch")),
      style.columns);
  if (session.complete) return printable_text(text);
  return printable_text(text) +
         coloured(printable_text(wrap_paragraph("Not complete: ", session.note, style.columns)),
                  Colour::yellow, style.colours);
}

// Those that invalidate, with advice; a line for each of the first warnings; the number of the others.
std::string doubts_text(const std::vector<Doubt>& doubts, const TextStyle& style) {
  constexpr std::size_t kMostWarnings = 3;
  std::set<std::string> said;
  std::string invalid;
  std::string warnings;
  std::size_t more = 0;
  for (const Doubt& doubt : doubts) {
    if (!said.insert(doubt.what).second) continue;
    if (doubt.level == Doubt::Level::invalid) {
      invalid += wrap_paragraph("INVALID: ", fmt::format("{} {}", doubt.what, doubt.advice), style.columns);
    } else if (doubt.level == Doubt::Level::warn && lines_in(warnings) < kMostWarnings) {
      warnings += wrap_paragraph("Warning: ", doubt.what, style.columns);
    } else {
      ++more;
    }
  }
  std::string text = coloured(printable_text(invalid), Colour::red, style.colours) +
                     coloured(printable_text(warnings), Colour::yellow, style.colours);
  if (more > 0) text += fmt::format("{} more with --all.\n", counted(more, "note"));
  return text;
}

// "2 of 4 cells failed: pipe/latency/... (killed by signal 9). 1 reason more with --all."
std::string omissions_text(const std::string& what, const std::vector<Omission>& omissions,
                           const TextStyle& style) {
  std::map<std::string, std::set<std::string>> by_reason;
  for (const Omission& each : omissions) by_reason[each.reason].insert(each.cell);
  const auto& [reason, of] =
      *std::ranges::max_element(by_reason, {}, [](const auto& entry) { return entry.second.size(); });
  const std::string others =
      by_reason.size() == 1 ? ""
                            : fmt::format(" {} more with --all.", counted(by_reason.size() - 1, "reason"));
  return wrap_paragraph("", fmt::format("{}: {} ({}).{}", what, *of.begin(), reason, others), style.columns);
}

std::set<std::string> cells_in(const std::vector<Omission>& omissions) {
  std::set<std::string> names;
  for (const Omission& each : omissions) names.insert(each.cell);
  return names;
}

std::string failed_text(const Report& report, const TextStyle& style) {
  if (report.failed.empty()) return "";
  const std::set<std::string> failed = cells_in(report.failed);
  std::set<std::string> all = failed;
  for (const ReportCell& cell : report.cells) all.insert(cell.name);
  const std::string what = fmt::format("{} of {} failed", failed.size(), counted(all.size(), "cell"));
  return coloured(printable_text(omissions_text(what, report.failed, style)), Colour::red, style.colours);
}

std::string skipped_text(const Report& report, const TextStyle& style) {
  if (report.skipped.empty()) return "";
  const std::string what = counted(cells_in(report.skipped).size(), "cell") + " skipped";
  return printable_text(omissions_text(what, report.skipped, style));
}

// --- Rankings -------------------------------------------------------------------------------------------

// The rankings of one placement and pattern: by size, a ranking for each way of waiting.
using BySize = std::map<std::size_t, std::vector<const Ranking*>>;
struct Section {
  const Cell* cell = nullptr;  // any of them
  BySize sizes;
  std::size_t cells = 0;
};

Group without_waiting(Cell cell) {
  cell.wait = Wait::block;
  return group_of(cell);
}

std::vector<Section> sections_of(const std::vector<Ranking>& all) {
  std::map<Group, Section> sections;
  for (const Ranking& ranking : all) {
    const Cell& cell = ranking.order.front().cell->cell;
    Section& section = sections[without_waiting(cell)];
    section.cell = &cell;
    section.sizes[ranking.size_bytes].push_back(&ranking);
    section.cells += ranking.order.size();
  }
  std::vector<Section> result;
  result.reserve(sections.size());
  for (auto& [group, section] : sections) result.push_back(std::move(section));
  return result;
}

// In the order of their worth to a reader who sees only some: a small message, one that fills a pipe, a page,
// a cache, a token; then the others that were measured.
std::vector<std::size_t> sizes_by_worth(const BySize& sizes) {
  constexpr std::array<std::size_t, 5> kWorth{64, 65536, 4096, std::size_t{1} << 20, 0};
  std::vector<std::size_t> ordered;
  for (const std::size_t size : kWorth) {
    if (sizes.contains(size)) ordered.push_back(size);
  }
  for (const auto& [size, rankings] : sizes) {
    if (std::ranges::find(kWorth, size) == kWorth.end()) ordered.push_back(size);
  }
  return ordered;
}

// The axes, other than the one of a section's lines, on which sections differ.
std::vector<std::string_view> telling_axes(const std::vector<Section>& sections) {
  std::vector<std::string_view> names;
  for (const CellAxis& axis : kCellAxes) {
    const bool in_lines = axis.name == "mechanism" || axis.name == "size" || axis.name == "wait";
    const bool of_pattern = axis.applies != nullptr && axis.naming == CellAxis::Naming::keyed;
    if (in_lines || of_pattern || axis.naming == CellAxis::Naming::bare) continue;
    const bool differs = std::ranges::any_of(sections, [&](const Section& each) {
      return axis.text(*each.cell) != axis.text(*sections.front().cell);
    });
    if (differs || axis.name == "cpus") names.push_back(axis.name);
  }
  return names;
}

std::string section_text(const Report& report, const Section& section,
                         const std::vector<std::string_view>& axes, std::size_t most_sizes,
                         const TextStyle& style) {
  std::vector<std::size_t> sizes = sizes_by_worth(section.sizes);
  sizes.resize(std::min(sizes.size(), most_sizes));
  std::ranges::sort(sizes);
  std::string text = wrap_paragraph(
      "",
      fmt::format("{}, {} ({})", what(*section.cell), describe_value(axis_named("cpus"), *section.cell),
                  describe_axes(*section.cell, axes)),
      style.columns);
  for (const std::size_t size : sizes) text += ranking_lines(report, section.sizes.at(size), style.columns);
  return text;
}

// As many sizes of all sections as fit; where one of each is too much, the sections with the most cells.
std::string rankings_text(const Report& report, const std::vector<Section>& sections, std::size_t lines,
                          const TextStyle& style) {
  constexpr std::size_t kMostSizes = 5;
  const std::vector<std::string_view> axes = telling_axes(sections);
  const auto text_of = [&](const std::vector<const Section*>& chosen, std::size_t most_sizes) {
    std::string text;
    for (const Section* section : chosen) text += section_text(report, *section, axes, most_sizes, style);
    return text;
  };
  std::vector<const Section*> chosen;
  chosen.reserve(sections.size());
  for (const Section& section : sections) chosen.push_back(&section);
  while (!chosen.empty()) {
    for (std::size_t sizes = kMostSizes; sizes > 1; --sizes) {
      std::string text = text_of(chosen, sizes);
      if (lines_in(text) > lines && chosen.size() + sizes > 3) continue;
      if (chosen.size() < sections.size()) {
        text += fmt::format("{} more with --all.\n", counted(sections.size() - chosen.size(), "table"));
      }
      return text;
    }
    chosen.erase(std::ranges::min_element(chosen, {}, &Section::cells));
  }
  return "";
}

constexpr std::string_view kOverviewLegend =
    "Best median of each way of waiting, CPUs that both ends kept busy. Alike: these launches show no "
    "difference from the best. 2x: takes twice as long, or carries half as much.";

std::string without_blank_end(std::string text) {
  if (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace

std::string overview(const Report& report, const TextStyle& style, std::size_t lines) {
  const std::vector<CellSummary> summaries = summarise(report);
  const std::vector<Ranking> all = rankings(summaries);
  std::string text = title_text(report, style) + doubts_text(report.doubts, style) +
                     failed_text(report, style) + skipped_text(report, style);
  if (all.empty()) return text;
  std::string legend{kOverviewLegend};
  legend = wrap_paragraph("", legend, style.columns);
  const std::string uncertain = explain_mark(kUncertain, style.columns);
  const std::size_t taken = lines_in(text) + lines_in(legend) + lines_in(uncertain) + 2;
  const std::string ranked = rankings_text(report, sections_of(all), lines - std::min(lines, taken), style);
  text += "\n" + printable_text(ranked) + '\n' + legend;
  if (ranked.find(kUncertain) != std::string::npos) text += uncertain;
  if (report.counts)
    text += '\n' + printable_text(without_blank_end(count_tables(report, summaries, style.columns)));
  return text;
}

}  // namespace ipcbench
