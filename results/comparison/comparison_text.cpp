#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "results/comparison/comparison_details.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/comparison_rows.hpp"
#include "results/comparison/comparison_view.hpp"

namespace ipcbench {
namespace {

Colour colour_of(RowKind kind) {
  if (kind == RowKind::regressed) return Colour::red;
  if (kind <= RowKind::slower_ungated) return Colour::yellow;
  return kind <= RowKind::faster_ungated ? Colour::green : Colour::none;
}

Colour colour_of(const Comparison& comparison) {
  const Verdict verdict = gate_verdict(comparison, false);
  if (verdict != Verdict::unchanged) return Colour::red;
  return comparison.verdict == Verdict::improved ? Colour::green : Colour::none;
}

// --- Rows ---------------------------------------------------------------------------------------------

// A row as text: name, times, change, interval, metrics.
using Texts = std::array<std::string, 5>;
using Widths = std::array<std::size_t, 5>;

Texts texts_of(const ComparisonRow& row) {
  const Finding& shown = *row.shown;
  Texts texts{row.name, times_text(shown), "~", "", metrics_text(row)};
  if (row.kind == RowKind::incomplete) texts[2].clear();
  if (!is_change(row.kind)) return texts;
  texts[2] = short_change(shown.ratio.estimate);
  texts[3] = fmt::format("({})", short_interval(shown.ratio));
  return texts;
}

Widths widths_of(const std::vector<ComparisonRow>& rows) {
  Widths widths{};
  for (const ComparisonRow& row : rows) {
    const Texts texts = texts_of(row);
    for (std::size_t i = 0; i < texts.size(); ++i) widths[i] = std::max(widths[i], texts[i].size());
  }
  return widths;
}

std::size_t sum_of(const Widths& widths) {
  constexpr std::size_t kSpaces = 2 + 3 + 3 + 1 + 3;
  std::size_t sum = kSpaces;
  for (const std::size_t width : widths) sum += width;
  return sum;
}

// In columns if they fit; else the name above its figures.
std::string row_text(const ComparisonRow& row, const Widths& widths, std::size_t columns) {
  const auto [name, times, change, interval, metrics] = texts_of(row);
  if (sum_of(widths) <= columns) {
    return fmt::format("  {:<{}}   {:>{}}   {:>{}} {:<{}}   {}\n", name, widths[0], times, widths[1], change,
                       widths[2], interval, widths[3], metrics);
  }
  constexpr std::size_t kDots = 10;  // that shortening may add
  const std::string short_name = shortened_line(name, std::max<std::size_t>(columns, 2 * kDots) - kDots);
  return fmt::format(
      "  {}\n{}", short_name,
      wrap_paragraph("      ", fmt::format("{}  {} {}  {}", times, change, interval, metrics), columns));
}

bool is_listed(const ComparisonRow& row, const Comparison& comparison, const FormatOptions& options) {
  const bool overruled =
      comparison.verdict == Verdict::invalid || comparison.verdict == Verdict::incomparable;
  if (row.kind == RowKind::incomplete) return !overruled || options.all;
  return is_change(row.kind) || options.all;
}

std::string reason_text(const ComparisonRow& row, const FormatOptions& options) {
  const std::string reason = printable_line(row.shown->reason);
  return reason.empty() ? "" : wrap_paragraph("      ", reason, options.columns);
}

std::string rows_text(const Comparison& comparison, const ShortNames& names, const FormatOptions& options) {
  std::vector<ComparisonRow> rows = rows_of(comparison, names);
  std::erase_if(rows, [&](const ComparisonRow& row) { return !is_listed(row, comparison, options); });
  if (rows.empty()) return "";
  const Widths widths = widths_of(rows);
  const bool one_kind = rows.front().kind == rows.back().kind &&
                        (rows.front().kind == RowKind::regressed || rows.front().kind == RowKind::improved);
  std::map<RowKind, std::size_t> listed;
  std::map<RowKind, std::string> texts;
  for (const ComparisonRow& row : rows) {
    if (row.kind != RowKind::regressed && ++listed[row.kind] > kFewLines && !options.all) continue;
    texts[row.kind] +=
        coloured(row_text(row, widths, options.columns), colour_of(row.kind), options.colours) +
        reason_text(row, options);
  }
  std::string text;
  for (const auto& [kind, lines] : texts) {
    if (!one_kind) text += wrap_paragraph("", title_of(kind, comparison) + ":", options.columns);
    text += lines;
    if (listed[kind] > kFewLines && !options.all) {
      text += fmt::format("  and {} more (--all lists them)\n", listed[kind] - kFewLines);
    }
  }
  return text;
}

// The cells that could not be compared, grouped by reason.
std::string absences_text(const Comparison& comparison, const ShortNames& names,
                          const FormatOptions& options) {
  std::map<std::pair<Verdict, std::string>, std::vector<std::string>> cells;
  for (const Absence& absence : comparison.absences) {
    const std::string allowed = absence.allowed ? " (allowed)" : "";
    cells[{absence.verdict, absence.reason + allowed}].push_back(names.cell(absence.cell));
  }
  std::string text;
  for (const auto& [what, lines] : cells) {
    const std::string title =
        fmt::format("{} {}: {}", lines.size(), name_of(what.first), printable_line(what.second));
    text +=
        wrap_paragraph("", title, options.columns) + few_lines(lines, options.all ? lines.size() : kFewLines);
  }
  return text;
}

// --- What it rests on ---------------------------------------------------------------------------------

std::string certainty(const Comparison& comparison) {
  const GateSettings& settings = comparison.settings;
  const double alarms = settings.whole_alpha + settings.family_alpha + settings.cell_alpha;
  const std::string intervals = fmt::format("Intervals of {:.3g} %", settings.confidence * 100);
  if (comparison.method == Method::informational) return intervals + ", within these two sessions.";
  return fmt::format("{}; at most {:.2g} % of comparisons without a change raise an alarm.", intervals,
                     alarms * 100);
}

// The headline has the first that makes everything invalid; what is merely worth knowing is a detail.
std::vector<Doubt> doubts_to_list(const Comparison& comparison, const FormatOptions& options) {
  std::vector<Doubt> doubts = comparison.doubts;
  const auto said = std::ranges::find(doubts, Doubt::Level::invalid, &Doubt::level);
  if (said != doubts.end()) doubts.erase(said);
  if (!options.details) std::erase_if(doubts, [](const Doubt& d) { return d.level == Doubt::Level::info; });
  return doubts;
}

std::string origin_text(const Comparison& comparison, const ShortNames& names, const FormatOptions& options) {
  const auto paragraph = [&](std::string_view indent, const std::string& text) {
    return wrap_paragraph(indent, text, options.columns);
  };
  std::string text = paragraph("", sides_sentence(comparison) + ".");
  text += paragraph("", fmt::format("{} {}", method_sentence(comparison), certainty(comparison)));
  if (!names.shared().empty()) text += paragraph("", fmt::format("All cells: {}.", names.shared()));
  for (const Doubt& doubt : doubts_to_list(comparison, options)) {
    text += coloured(paragraph(fmt::format("{}: ", name_of(doubt.level)),
                               printable_line(fmt::format("{} {}", doubt.what, doubt.advice))),
                     doubt.level == Doubt::Level::info ? Colour::none : Colour::yellow, options.colours);
  }
  for (const std::string& fact : comparison.differing) text += paragraph("differs: ", printable_line(fact));
  return text;
}

}  // namespace

std::string comparison_text(const Comparison& comparison, const FormatOptions& options) {
  const ShortNames names(cell_names(comparison));
  const std::string line = coloured(wrap_paragraph("", headline(comparison), options.columns),
                                    colour_of(comparison), options.colours);
  const std::string details =
      options.details ? '\n' + comparison_details(comparison, options) + '\n' : std::string("\n");
  const std::string to_do = advice(comparison);
  return line + rows_text(comparison, names, options) + absences_text(comparison, names, options) +
         (to_do.empty() ? "" : wrap_paragraph("To do: ", to_do, options.columns)) + '\n' +
         origin_text(comparison, names, options) + details + line;
}

}  // namespace ipcbench
