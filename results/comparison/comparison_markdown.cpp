#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>

#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/comparison_formats.hpp"
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

constexpr std::string_view kTableHead =
    "| what | metric | verdict | change | interval | base | new | finds | p |\n"
    "|---|---|---|---|---|---|---|---|---|\n";

std::string time_text(double ns) { return ns > 0 ? format_duration_ns(ns) : ""; }

std::string row_of(const Finding& finding) {
  const std::string verdict =
      fmt::format("{}{}", verdict_text(finding), finding.second_stage ? ", fresh blocks" : "");
  const std::string reason =
      finding.reason.empty() ? "" : fmt::format(": {}", escaped(finding.reason.substr(0, 300)));
  const std::string_view level = finding.level == Level::family ? " (family)" : "";
  return fmt::format("| {}{} | {} | {}{} | {} | {} | {} | {} | {} | {} |\n", code(finding.name), level,
                     name_of(finding.metric), verdict, reason, change_text(finding.ratio.estimate),
                     interval_text(finding.ratio), time_text(finding.base_ns), time_text(finding.new_ns),
                     share_text(finding.detectable_effect), p_text(finding));
}

// The rows of the tables: for each group the findings that explain its verdict.
Findings rows_of(const ComparedGroups& groups) {
  Findings rows;
  for (const FindingGroup& group : list_findings(groups)) {
    const Findings told = telling(group.findings);
    rows.insert(rows.end(), told.begin(), told.end());
  }
  return rows;
}

bool is_change(Verdict verdict) {
  return verdict == Verdict::regressed || verdict == Verdict::invalid || verdict == Verdict::improved;
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
  return fmt::format("### Performance: {}\n\n{}.\n\n{}. {}\n\n{}{}", name_of(comparison.verdict),
                     escaped(verdict_sentence(comparison)), escaped(sides_sentence(comparison)),
                     escaped(method_sentence(comparison)), cut(remarks, 8'000, "remarks"),
                     remarks.empty() ? "" : "\n");
}

std::string changes(const Findings& rows) {
  Lines lines;
  for (const Finding* finding : rows) {
    if (is_change(finding->verdict)) lines.push_back(row_of(*finding));
  }
  if (lines.empty()) return "Nothing changed for certain.\n\n";
  return fmt::format("{}{}\n", kTableHead, cut(lines, kMostBytesOfChanges, "changes"));
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

// The unchanged rows last, so that they are cut first.
std::string others(const Findings& rows, std::size_t most_bytes) {
  Lines lines;
  for (const bool unchanged : {false, true}) {
    for (const Finding* finding : rows) {
      if (is_change(finding->verdict) || (finding->verdict == Verdict::unchanged) != unchanged) continue;
      lines.push_back(row_of(*finding));
    }
  }
  if (lines.empty()) return "";
  return details(fmt::format("{} without a certain change", lines.size()),
                 fmt::format("{}{}", kTableHead, cut(lines, most_bytes, "rows")));
}

}  // namespace

std::string comparison_markdown(const Comparison& comparison, const FormatOptions& /*options*/) {
  constexpr std::size_t kFrame = 1'000;  // for the summaries, table heads and counts of the two foldings
  const Findings rows = rows_of(group_findings(comparison));
  std::string text = heading(comparison) + changes(rows);
  const auto left = [&text] {
    return text.size() + kFrame < kMostBytes ? kMostBytes - kFrame - text.size() : 0;
  };
  text += absences(comparison, left() / 2);
  text += others(rows, left());
  return text;
}

}  // namespace ipcbench
