#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_groups.hpp"
#include "results/comparison/comparison_words.hpp"

namespace ipcbench {
namespace {

// How many of a list that may be as long as the sweep.
constexpr std::size_t kFew = 10;
// What leaves room for the figures in kTextColumns; a longer name stands on a line of its own.
constexpr std::size_t kLabelColumns = 24;

// "size:64", what a cell's name adds to its family's; the whole name if they are not of one kind.
std::string label_of(const std::string& cell, const std::string& family) {
  std::string label;
  const std::string known = '/' + family + '/';
  for (std::size_t at = 0; at <= cell.size();) {
    const std::size_t end = std::min(cell.find('/', at), cell.size());
    const std::string part = cell.substr(at, end - at);
    if (known.find('/' + part + '/') == std::string::npos) label += (label.empty() ? "" : "/") + part;
    at = end + 1;
  }
  return printable_line(label.empty() ? cell : label);
}

// Parentheses: reported, not gated. A star: decided by the second stage.
std::string verdict_mark(const Finding& finding) {
  const std::string mark = fmt::format("{}{}", name_of(finding.verdict), finding.second_stage ? "*" : "");
  return finding.gated ? mark : fmt::format("({})", mark);
}

// Lines of text between rows whose columns align over the whole of it.
class Listing {
 public:
  // Whole lines.
  void text(std::string text) { parts_.push_back({std::move(text), false}); }

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
  void row(std::vector<std::string> cells) {
    parts_.push_back({"", true});
    rows_.push_back(std::move(cells));
  }

  [[nodiscard]] std::string aligned() const {
    const std::string rows = align_columns(rows_);
    std::size_t at = 0;
    std::string listing;
    for (const auto& [text, is_row] : parts_) {
      if (!is_row) {
        listing += text;
        continue;
      }
      const std::size_t end = rows.find('\n', at) + 1;
      listing += rows.substr(at, end - at);
      at = end;
    }
    return listing;
  }

 private:
  struct Part {
    std::string text;
    bool is_row;
  };
  std::vector<Part> parts_;
  std::vector<std::vector<std::string>> rows_;
};

std::string opening(const Comparison& comparison) {
  std::string text = wrap_paragraph("", sides_sentence(comparison) + ".");
  text += wrap_paragraph("", method_sentence(comparison));
  for (const Doubt& doubt : comparison.doubts) {
    text += wrap_paragraph(fmt::format("{}: ", name_of(doubt.level)),
                           printable_line(fmt::format("{} {}", doubt.what, doubt.advice)));
  }
  for (const std::string& fact : comparison.differing) {
    text += wrap_paragraph("differs: ", printable_line(fact));
  }
  return text;
}

std::string legend(const Comparison& comparison) {
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
  return wrap_paragraph("", text);
}

void add_family(Listing& listing, const ComparedFamily& family, const FormatOptions& options) {
  const bool is_quiet = family.verdict() == Verdict::unchanged && !options.all;
  if (is_quiet) return;
  listing.text(fmt::format("{}\n", printable_line(family.name)));
  listing.findings("family", telling(family.findings));
  std::size_t unchanged = 0;
  for (const ComparedCell& cell : family.cells) {
    if (cell.verdict() == Verdict::unchanged && !options.all) {
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

// The first few of a list, and how many more there are.
std::string few(const std::vector<std::string>& lines, const FormatOptions& options) {
  const std::size_t shown = options.all ? lines.size() : std::min(lines.size(), kFew);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("  {}\n", lines[i]);
  if (shown < lines.size()) text += fmt::format("  and {} more\n", lines.size() - shown);
  return text;
}

// What has the same reason stands together.
std::string absences_text(const Comparison& comparison, const FormatOptions& options) {
  std::map<std::pair<Verdict, std::string>, std::vector<std::string>> cells;
  for (const Absence& absence : comparison.absences) {
    cells[{absence.verdict, absence.reason}].push_back(printable_line(absence.cell));
  }
  std::string text;
  for (const auto& [what, names] : cells) {
    text += '\n' + wrap_paragraph("", fmt::format("{} {}: {}", names.size(), name_of(what.first),
                                                  printable_line(what.second)));
    text += few(names, options);
  }
  return text;
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
                     comparison.settings.watch_rate * 100, few(lines, options));
}

}  // namespace

std::string comparison_text(const Comparison& comparison, const FormatOptions& options) {
  return fmt::format("{}\n{}\n{}{}{}\n{}", opening(comparison), legend(comparison),
                     listing_of(comparison, options), absences_text(comparison, options),
                     watch_text(comparison, options), wrap_paragraph("", verdict_sentence(comparison)));
}

}  // namespace ipcbench
