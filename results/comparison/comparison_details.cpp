#include "results/comparison/comparison_details.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/split.hpp>
#include <sstream>
#include <utility>

#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_view.hpp"

namespace ipcbench {
namespace {

// Leaves room for the figures within kTextColumns; a longer name gets a line of its own.
constexpr std::size_t kLabelColumns = 24;

// The parts of a cell's name that its family's name lacks ("size:64"), or the whole name if it lacks none.
std::string label_of(const std::string& cell, const std::string& family) {
  std::vector<std::string> parts;
  boost::split(parts, cell, [](char letter) { return letter == '/'; });
  const std::string known = '/' + family + '/';
  std::erase_if(parts,
                [&](const std::string& part) { return known.find('/' + part + '/') != std::string::npos; });
  return printable_line(parts.empty() ? cell : fmt::format("{}", fmt::join(parts, "/")));
}

// In parentheses if reported but not gated; with a star if decided by the second stage.
std::string verdict_mark(const Finding& finding) {
  const std::string mark = fmt::format("{}{}", name_of(finding.verdict), finding.second_stage ? "*" : "");
  return finding.gated ? mark : fmt::format("({})", mark);
}

// Rows with lines of text between them; the columns align across all rows.
class Listing {
 public:
  // Whole lines.
  void text(std::string text) { parts_.push_back({std::move(text), {}}); }
  void row(std::vector<std::string> cells) { parts_.push_back({"", std::move(cells)}); }

  void findings(const std::string& label, const Findings& findings) {
    const bool is_long = label.size() > kLabelColumns;
    if (is_long) text(fmt::format("  {}\n", label));
    std::string first = is_long ? "" : label;
    for (const Finding* finding : findings) {
      row({fmt::format("  {}", std::exchange(first, "")), std::string(name_of(finding->metric)),
           verdict_mark(*finding), change_text(finding->ratio.estimate), interval_text(finding->ratio),
           share_text(finding->detectable_effect), p_text(*finding)});
      if (!finding->reason.empty()) text(wrap_paragraph("      ", printable_line(finding->reason)));
    }
  }

  [[nodiscard]] std::string aligned() const {
    std::vector<std::vector<std::string>> grid;
    for (const Part& part : parts_) {
      if (!part.cells.empty()) grid.push_back(part.cells);
    }
    std::istringstream rows(align_columns(grid));
    std::string listing;
    for (std::string row; const Part& part : parts_) {
      listing += part.cells.empty() ? part.text : (std::getline(rows, row), row + '\n');
    }
    return listing;
  }

 private:
  struct Part {
    std::string text;
    std::vector<std::string> cells;  // of a row; empty for text
  };
  std::vector<Part> parts_;
};

std::string legend(const Comparison& comparison, const FormatOptions& options) {
  const GateSettings& settings = comparison.settings;
  std::string text = fmt::format(
      "Changes of the time per message, more is slower, with {:.3g} % intervals; finds: the smallest change "
      "that would be found with a power of {:.3g} %; p: one-sided, corrected for the number of tests.",
      settings.confidence * 100, settings.power * 100);
  const auto any = [&](auto condition) { return std::ranges::any_of(comparison.findings, condition); };
  if (any([](const Finding& finding) { return !finding.gated; })) {
    text += " In parentheses: reported, not gated.";
  }
  if (any([](const Finding& finding) { return finding.second_stage; })) {
    text += " *: decided by fresh blocks.";
  }
  return wrap_paragraph("", text, options.columns);
}

void add_family(Listing& listing, const ComparedFamily& family, const FormatOptions& options) {
  const bool is_quiet = family.verdict() == Verdict::unchanged && !options.all;
  if (is_quiet) return;
  listing.text(fmt::format("{}\n", printable_line(family.name)));
  listing.findings("family", telling(family.findings));
  std::size_t unchanged = 0;
  for (const FindingGroup& cell : family.cells) {
    if (cell.findings.front()->verdict == Verdict::unchanged && !options.all) {
      ++unchanged;
    } else {
      listing.findings(label_of(cell.name, family.name), telling(cell.findings));
    }
  }
  if (unchanged > 0) listing.text(fmt::format("  {} unchanged\n", unchanged));
}

std::string listing_of(const Comparison& comparison, const FormatOptions& options) {
  const ComparedGroups groups = group_findings(comparison);
  Listing listing;
  listing.row({"", "metric", "verdict", "change", "interval", "finds", "p"});
  if (!groups.whole.empty()) {
    listing.text("all cells\n");
    listing.findings("together", telling(groups.whole));
  }
  for (const ComparedFamily& family : groups.families) add_family(listing, family, options);
  const auto quiet =
      std::ranges::count(groups.families, Verdict::unchanged, [](const auto& f) { return f.verdict(); });
  if (quiet > 0 && !options.all) {
    listing.text(fmt::format("{} more {} unchanged\n", quiet, quiet == 1 ? "family" : "families"));
  }
  return listing.aligned();
}

std::string watch_text(const Comparison& comparison, const FormatOptions& options) {
  std::vector<std::string> lines;
  for (const Finding& finding : comparison.findings) {
    if (!finding.watch) continue;
    lines.push_back(fmt::format("{}: {} {} {}", printable_line(finding.name), name_of(finding.metric),
                                change_text(finding.ratio.estimate), interval_text(finding.ratio)));
  }
  if (lines.empty()) return "";
  return fmt::format("\nTo watch, perhaps slower (about {:.3g} % of these are false alarms):\n{}",
                     comparison.settings.watch_rate * 100,
                     few_lines(lines, options.all ? lines.size() : kFewLines));
}

}  // namespace

std::string few_lines(const std::vector<std::string>& lines, std::size_t most) {
  const std::size_t shown = std::min(lines.size(), most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("  {}\n", lines[i]);
  if (shown < lines.size()) text += fmt::format("  and {} more\n", lines.size() - shown);
  return text;
}

std::string comparison_details(const Comparison& comparison, const FormatOptions& options) {
  return fmt::format("{}\n{}{}", legend(comparison, options), listing_of(comparison, options),
                     watch_text(comparison, options));
}

}  // namespace ipcbench
