#include "results/comparison/side_by_side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/comparison_rows.hpp"
#include "results/comparison/short_names.hpp"

namespace ipcbench {
namespace {

// One cell: its time in the base and, for each report, the finding about time; null where it has none.
struct SideRow {
  std::string name;
  std::string family;
  std::vector<const Finding*> findings;

  [[nodiscard]] bool changed() const {
    return std::ranges::any_of(findings, [](const Finding* f) { return f && is_change(f->verdict); });
  }
  [[nodiscard]] double base_ns() const {
    const auto known = std::ranges::find_if(findings, [](const Finding* f) { return f != nullptr; });
    return known == findings.end() ? 0 : (*known)->base_ns;
  }
};

// "size:4096" comes behind "size:64".
std::size_t size_in(const std::string& name) {
  const std::size_t at = name.find("/size:");
  if (at == std::string::npos) return 0;
  const std::string_view text = std::string_view(name).substr(at + 6);
  return parse_number<std::size_t>(text.substr(0, text.find('/'))).value_or(0);
}

std::vector<SideRow> side_rows(const Comparisons& comparisons) {
  std::map<std::string, SideRow> rows;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    for (const Finding& finding : comparisons[i].findings) {
      if (finding.level != Level::cell || finding.metric != Metric::time) continue;
      SideRow& row = rows[finding.name];
      row.name = finding.name;
      row.family = finding.family;
      row.findings.resize(comparisons.size(), nullptr);
      row.findings[i] = &finding;
    }
  }
  std::vector<SideRow> list;
  list.reserve(rows.size());
  for (auto& [name, row] : rows) list.push_back(std::move(row));
  std::ranges::sort(list, {}, [](const SideRow& r) { return std::tuple(r.family, size_in(r.name), r.name); });
  return list;
}

ShortNames names_of(const std::vector<SideRow>& rows) {
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const SideRow& row : rows) names.push_back(row.name);
  return ShortNames(names);
}

// File names, or whole paths if two files have one name.
std::vector<std::string> titles_of(const Comparisons& comparisons) {
  std::vector<std::string> origins{comparisons.front().base.origin};
  for (const Comparison& comparison : comparisons) origins.push_back(comparison.candidate.origin);
  std::vector<std::string> titles;
  std::set<std::string> known;
  for (const std::string& origin : origins) {
    titles.push_back(printable_line(std::filesystem::path(origin).filename().string()));
    known.insert(titles.back());
  }
  if (known.size() == titles.size()) return titles;
  std::ranges::transform(origins, titles.begin(), [](const std::string& o) { return printable_line(o); });
  return titles;
}

std::string time_or_dash(double ns) { return ns > 0 ? format_duration_ns(ns) : "-"; }

std::string mark_of(const Finding& finding) {
  const bool judged = finding.verdict != Verdict::invalid && finding.verdict != Verdict::incomparable;
  if (!judged) return "?";
  return is_change(finding.verdict) ? short_change(finding.ratio.estimate) : "~";
}

using Grid = std::vector<std::vector<std::string>>;

// The header, a row for each cell, and the geometric means, for the reports from `first` to before `last`.
Grid grid_of(const Comparisons& comparisons, const std::vector<SideRow>& rows, const ShortNames& names,
             std::size_t first, std::size_t last, bool all) {
  const std::vector<std::string> titles = titles_of(comparisons);
  std::vector<std::string> header{"time", titles.front()};
  std::vector<std::string> means{"geometric mean", ""};
  for (std::size_t i = first; i < last; ++i) {
    const auto mean = geometric_mean(comparisons[i]);
    header.insert(header.end(), {titles[i + 1], ""});
    means.insert(means.end(), {"", mean ? change_text(*mean) : "?"});
  }
  Grid grid{std::move(header)};
  for (const SideRow& row : rows) {
    if (!all && !row.changed()) continue;
    std::vector<std::string> cells{names.cell(row.name), time_or_dash(row.base_ns())};
    for (std::size_t i = first; i < last; ++i) {
      const Finding* const finding = row.findings[i];
      cells.push_back(finding ? time_or_dash(finding->new_ns) : "-");
      cells.push_back(finding ? mark_of(*finding) : "");
    }
    grid.push_back(std::move(cells));
  }
  grid.push_back(std::move(means));
  return grid;
}

std::size_t width_of(std::string_view text) {
  std::size_t widest = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    widest = std::max(widest, length);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return widest;
}

std::string unchanged_count(const std::vector<SideRow>& rows, bool all) {
  const auto quiet = std::ranges::count_if(rows, [](const SideRow& row) { return !row.changed(); });
  if (all || quiet == 0) return "";
  return fmt::format("{} more {} without a certain change (--all lists them)", quiet,
                     quiet == 1 ? "cell" : "cells");
}

// As Markdown text in a table.
std::string in_table(std::string text) {
  for (const char* mark : {"\\", "|", "`", "*", "_", "~"}) {
    boost::replace_all(text, mark, std::string("\\") + mark);
  }
  boost::replace_all(text, "<", "&lt;");
  return text;
}

}  // namespace

std::string side_by_side_text(const Comparisons& comparisons, const FormatOptions& options) {
  const std::vector<SideRow> rows = side_rows(comparisons);
  const ShortNames names = names_of(rows);
  std::string text;
  for (std::size_t first = 0; first < comparisons.size();) {
    std::size_t last = comparisons.size();
    std::string table = align_columns(grid_of(comparisons, rows, names, first, last, options.all));
    while (last > first + 1 && width_of(table) > options.columns) {
      table = align_columns(grid_of(comparisons, rows, names, first, --last, options.all));
    }
    text += table + '\n';
    first = last;
  }
  const std::string quiet = unchanged_count(rows, options.all);
  if (!quiet.empty()) text += wrap_paragraph("", quiet + ".", options.columns);
  const std::vector<std::string> titles = titles_of(comparisons);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    text +=
        wrap_paragraph("", fmt::format("{}: {}", titles[i + 1], headline(comparisons[i])), options.columns);
  }
  return text;
}

std::string side_by_side_markdown(const Comparisons& comparisons, const FormatOptions& options) {
  constexpr std::size_t kMostTableBytes = 50'000;
  const std::vector<SideRow> rows = side_rows(comparisons);
  const Grid grid = grid_of(comparisons, rows, names_of(rows), 0, comparisons.size(), options.all);
  std::string text;
  std::size_t cut = 0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    std::string line = "|";
    for (const std::string& cell : grid[i]) line += fmt::format(" {} |", in_table(cell));
    if (i == 0) {
      line += "\n|---|";
      for (std::size_t column = 1; column < grid[i].size(); ++column) line += "---:|";
    }
    const bool is_last = i + 1 == grid.size();
    cut += text.size() + line.size() > kMostTableBytes && !is_last;
    if (text.size() + line.size() <= kMostTableBytes || is_last) text += line + '\n';
  }
  if (cut > 0) text += fmt::format("\n{} more cells are left out here.\n", cut);
  const std::string quiet = unchanged_count(rows, options.all);
  if (!quiet.empty()) text += fmt::format("\n{}.\n", quiet);
  text += '\n';
  const std::vector<std::string> titles = titles_of(comparisons);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const std::string line = fmt::format("- {}: {}\n", titles[i + 1], headline(comparisons[i]));
    if (text.size() + line.size() < 60'000) text += in_table(line);
  }
  return text;
}

std::string side_by_side_json(const Comparisons& comparisons, const FormatOptions& options) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Comparison& comparison : comparisons) {
    list.push_back(nlohmann::ordered_json::parse(comparison_json(comparison, options)));
  }
  const nlohmann::ordered_json json{{"ipcbench_comparisons", 1},
                                    {"base", comparisons.front().base.origin},
                                    {"comparisons", std::move(list)}};
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace ipcbench
