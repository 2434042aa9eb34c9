#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>
#include <map>

#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/comparison_rows.hpp"
#include "results/comparison/comparison_view.hpp"

namespace ipcbench {
namespace {

// In bytes, which are never fewer than characters. Below GitHub's limit of 65,536, with room for text that a
// workflow adds.
constexpr std::size_t kMostBytes = 60'000;
// The share of the table of changes, so that the remaining parts at least have room for their counts.
constexpr std::size_t kMostBytesOfChanges = 40'000;

// As Markdown text, inside a table too.
std::string escaped(std::string_view text) {
  std::string safe = printable_line(text);
  for (const char* mark : {"\\", "`", "*", "_", "[", "]", "|", "~", "#"}) {
    boost::replace_all(safe, mark, std::string("\\") + mark);
  }
  boost::replace_all(safe, "&", "&amp;");
  boost::replace_all(safe, "<", "&lt;");
  return safe;
}

// As a code span, in which only the bars of the table are special.
std::string code(std::string_view name) {
  std::string span = printable_line(name);
  boost::replace_all(span, "|", "\\|");
  boost::replace_all(span, "`", "'");
  return '`' + span + '`';
}

constexpr std::string_view kChangesHead =
    "| cell | base | new | change | interval | metrics |\n"
    "|---|---:|---:|---:|---|---|\n";
constexpr std::string_view kDetailsHead =
    "| what | metric | verdict | change | interval | base | new | finds | p |\n"
    "|---|---|---|---|---|---|---|---|---|\n";

std::string time_text(double ns) { return ns > 0 ? format_duration_ns(ns) : ""; }

std::string reason_suffix(const Finding& finding) {
  return finding.reason.empty() ? "" : fmt::format(": {}", escaped(finding.reason.substr(0, 300)));
}

std::string change_row(const ComparisonRow& row) {
  const Finding& shown = *row.shown;
  return fmt::format("| {} | {} | {} | {} | {} | {}{} |\n", code(row.name), time_text(shown.base_ns),
                     time_text(shown.new_ns), short_change(shown.ratio.estimate), short_interval(shown.ratio),
                     metrics_text(row), reason_suffix(shown));
}

std::string detail_row(const Finding& finding) {
  const std::string verdict =
      fmt::format("{}{}", verdict_text(finding), finding.second_stage ? ", fresh blocks" : "");
  const std::string_view level = finding.level == Level::family ? " (family)" : "";
  return fmt::format("| {}{} | {} | {}{} | {} | {} | {} | {} | {} | {} |\n", code(finding.name), level,
                     name_of(finding.metric), verdict, reason_suffix(finding),
                     change_text(finding.ratio.estimate), interval_text(finding.ratio),
                     time_text(finding.base_ns), time_text(finding.new_ns),
                     share_text(finding.detectable_effect), p_text(finding));
}

// For each group the findings that explain its verdict.
Findings explaining(const ComparedGroups& groups) {
  Findings explained;
  for (const FindingGroup& group : list_findings(groups)) {
    const Findings told = telling(group.findings);
    explained.insert(explained.end(), told.begin(), told.end());
  }
  return explained;
}

using Lines = std::vector<std::string>;

// The first lines, up to a limit in bytes, then a count of the others. `what` names them in that count.
std::string cut(const Lines& lines, std::size_t most_bytes, std::string_view what) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (text.size() + lines[i].size() > most_bytes) {
      return text + fmt::format("\n{} more {} are left out here.\n", lines.size() - i, what);
    }
    text += lines[i];
  }
  return text;
}

std::string heading(const Comparison& comparison) {
  Lines remarks;
  for (const std::string& fact : comparison.differing) {
    remarks.push_back(fmt::format("- differs: {}\n", escaped(fact)));
  }
  for (const Doubt& doubt : comparison.doubts) {
    remarks.push_back(
        fmt::format("- {}: {} {}\n", name_of(doubt.level), escaped(doubt.what), escaped(doubt.advice)));
  }
  return fmt::format("### {}\n\n{}. {}\n\n{}{}", escaped(headline(comparison)),
                     escaped(sides_sentence(comparison)), escaped(method_sentence(comparison)),
                     cut(remarks, 8'000, "remarks"), remarks.empty() ? "" : "\n");
}

// A table for each kind of change.
std::string changes(const Comparison& comparison) {
  std::map<RowKind, Lines> tables;
  for (const ComparisonRow& row : rows_of(comparison, ShortNames(cell_names(comparison)))) {
    if (is_change(row.kind)) tables[row.kind].push_back(change_row(row));
  }
  std::string text;
  for (const auto& [kind, lines] : tables) {
    const std::size_t left = text.size() < kMostBytesOfChanges ? kMostBytesOfChanges - text.size() : 0;
    text +=
        fmt::format("{}:\n\n{}{}\n", title_of(kind, comparison), kChangesHead, cut(lines, left, "changes"));
  }
  return text;
}

std::string details(std::string_view summary, std::string_view content) {
  return fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n\n", summary, content);
}

std::string absences(const Comparison& comparison, std::size_t most_bytes) {
  Lines lines;
  for (const Absence& absence : comparison.absences) {
    lines.push_back(fmt::format("- {}: {}, {}\n", code(absence.cell), name_of(absence.verdict),
                                escaped(absence.reason.substr(0, 300))));
  }
  if (lines.empty()) return "";
  return details(fmt::format("{} cells not compared", lines.size()), cut(lines, most_bytes, "cells"));
}

// What the verdicts rest on; the unchanged last, so that they are cut first.
std::string figures(const Comparison& comparison, std::size_t most_bytes) {
  Lines lines;
  for (const bool unchanged : {false, true}) {
    for (const Finding* finding : explaining(group_findings(comparison))) {
      if ((finding->verdict == Verdict::unchanged) == unchanged) lines.push_back(detail_row(*finding));
    }
  }
  if (lines.empty()) return "";
  return details("Details", fmt::format("{}{}", kDetailsHead, cut(lines, most_bytes, "rows")));
}

}  // namespace

std::string comparison_markdown(const Comparison& comparison, const FormatOptions& /*options*/) {
  constexpr std::size_t kFrame = 1'000;  // for the summaries, table heads and counts of the two foldings
  std::string text = heading(comparison) + changes(comparison);
  const auto left = [&text] {
    return text.size() + kFrame < kMostBytes ? kMostBytes - kFrame - text.size() : 0;
  };
  text += absences(comparison, left() / 2);
  text += figures(comparison, left());
  return text;
}

}  // namespace ipcbench
