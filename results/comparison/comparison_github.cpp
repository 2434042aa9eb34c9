// The commands are documented at
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. Their escapes are
// specified only in the source of the toolkit
// (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).
#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>

#include "harness/base/printable.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/comparison_rows.hpp"
#include "results/comparison/comparison_view.hpp"

namespace ipcbench {
namespace {

// "10 warning annotations, 10 error annotations, and 10 notice annotations per step":
// https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations. GitHub silently drops
// the rest.
constexpr std::size_t kMostAnnotations = 10;

struct Annotation {
  std::string_view kind;  // the command
  std::string title;
  std::string text;
};

std::string_view kind_of(RowKind kind) {
  if (kind == RowKind::regressed) return "error";
  return kind == RowKind::incomplete ? "warning" : "notice";
}

// "8.47 -> 11.1 us, +31 % (27 to 35) in time and tail: ring/latency/size:64/wait:spin", and the reason.
std::string text_of(const ComparisonRow& row) {
  const Finding& shown = *row.shown;
  const std::string times = times_text(shown);
  return fmt::format("{}{}{} ({}) in {}: {}{}{}", times, times.empty() ? "" : ", ",
                     short_change(shown.ratio.estimate), short_interval(shown.ratio), metrics_text(row),
                     shown.name, shown.reason.empty() ? "" : ": ", shown.reason);
}

// Not of a comparison that is overruled as a whole or informational: the headline says all of it.
void annotate_rows(std::vector<Annotation>& annotations, const Comparison& comparison,
                   const ShortNames& names) {
  for (const ComparisonRow& row : rows_of(comparison, names)) {
    if (row.kind != RowKind::incomplete && !is_change(row.kind)) continue;
    const std::string what(name_of(row.shown->verdict));
    const std::string gated = row.shown->gated ? "" : " (not gated)";
    annotations.push_back({kind_of(row.kind), fmt::format("{}{}: {}", what, gated, row.name), text_of(row)});
  }
}

void annotate_absences(std::vector<Annotation>& annotations, const Comparison& comparison,
                       const ShortNames& names) {
  for (const Absence& absence : comparison.absences) {
    const bool fails =
        absence.verdict == Verdict::invalid || (absence.verdict == Verdict::missing && !absence.allowed);
    if (absence.verdict == Verdict::added) continue;
    annotations.push_back({fails ? "error" : "notice",
                           fmt::format("{}: {}", name_of(absence.verdict), names.cell(absence.cell)),
                           absence.reason});
  }
}

std::vector<Annotation> annotations_of(const Comparison& comparison) {
  const ShortNames names(cell_names(comparison));
  const bool overruled =
      comparison.verdict == Verdict::invalid || comparison.verdict == Verdict::incomparable;
  std::vector<Annotation> annotations;
  if (comparison.verdict == Verdict::invalid) {
    annotations.push_back({"error", "invalid", headline(comparison)});
  }
  for (const std::string& fact : comparison.differing) annotations.push_back({"warning", "differs", fact});
  if (!overruled && comparison.method == Method::informational) {
    annotations.push_back({"notice", "not judged", headline(comparison)});
  } else if (!overruled) {
    annotate_rows(annotations, comparison, names);
  }
  if (!overruled) annotate_absences(annotations, comparison, names);
  const std::string blind = blind_sentence(comparison);
  if (!blind.empty()) annotations.push_back({"notice", "unguarded", blind + '.'});
  return annotations;
}

std::string command(std::string_view kind, std::string_view title, std::string_view text) {
  std::string property = printable_line(title);
  std::string message = printable_line(text);
  boost::replace_all(property, "%", "%25");
  boost::replace_all(property, ":", "%3A");
  boost::replace_all(property, ",", "%2C");
  boost::replace_all(message, "%", "%25");
  return fmt::format("::{} title={}::{}\n", kind, property, message);
}

std::string commands_of(std::string_view kind, const std::vector<Annotation>& annotations) {
  const auto all = static_cast<std::size_t>(std::ranges::count(annotations, kind, &Annotation::kind));
  const std::size_t most = all > kMostAnnotations ? kMostAnnotations - 1 : all;
  std::string text;
  std::size_t shown = 0;
  for (const Annotation& annotation : annotations) {
    if (annotation.kind != kind || shown == most) continue;
    text += command(kind, annotation.title, annotation.text);
    ++shown;
  }
  if (shown == all) return text;
  return text + command(kind, fmt::format("and {} more", all - shown),
                        "A step shows ten annotations of each kind; --format text lists all.");
}

// The runner treats a line as a command if it starts with two colons or contains "##[". The callers' texts
// start with a word.
std::string ordinary_line(std::string_view text) {
  return boost::replace_all_copy(printable_line(text), "##[", "## [") + '\n';
}

}  // namespace

std::string comparison_github(const Comparison& comparison, const FormatOptions& /*options*/) {
  const std::vector<Annotation> annotations = annotations_of(comparison);
  return commands_of("error", annotations) + commands_of("warning", annotations) +
         commands_of("notice", annotations) +
         ordinary_line(fmt::format("Compared: {}.", sides_sentence(comparison))) +
         ordinary_line(method_sentence(comparison)) + ordinary_line(headline(comparison));
}

}  // namespace ipcbench
