// The commands are documented at
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. Their escapes are
// specified only in the source of the toolkit
// (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).
#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>

#include "harness/base/printable.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_view.hpp"

namespace ipcbench {
namespace {

// "10 warning annotations, 10 error annotations, and 10 notice annotations per step":
// https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations. GitHub silently drops
// the rest.
constexpr std::size_t kMostAnnotations = 10;

struct Annotation {
  std::string_view kind;  // the command
  Verdict verdict;
  std::string title;
  std::string text;
};

// The kind of annotation that a verdict deserves; empty if none.
std::string_view kind_of(Verdict verdict, bool gated) {
  switch (verdict) {
    case Verdict::regressed:
    case Verdict::invalid:
      return gated ? "error" : "warning";
    case Verdict::missing:
    case Verdict::incomparable:
      return "warning";
    case Verdict::unguarded:
      return gated ? "warning" : "";
    case Verdict::improved:
      return "notice";
    case Verdict::inconclusive:
    case Verdict::added:
    case Verdict::unchanged:
      break;
  }
  return "";
}

// Ordered by verdict: GitHub shows the first ones.
std::vector<Annotation> annotations_of(const Comparison& comparison) {
  std::vector<Annotation> annotations;
  annotations.reserve(comparison.differing.size());
  for (const std::string& fact : comparison.differing) {
    annotations.push_back({"warning", Verdict::incomparable, "differs", fact});
  }
  for (const auto& [name, findings] : list_findings(group_findings(comparison))) {
    const Finding& worst = *findings.front();
    annotations.push_back({kind_of(worst.verdict, worst.gated), worst.verdict,
                           fmt::format("{}: {}", verdict_text(worst), name), telling_sentences(findings)});
  }
  for (const Absence& absence : comparison.absences) {
    annotations.push_back({kind_of(absence.verdict, true), absence.verdict,
                           fmt::format("{}: {}", name_of(absence.verdict), absence.cell), absence.reason});
  }
  std::ranges::stable_sort(annotations, {}, &Annotation::verdict);
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
         ordinary_line(method_sentence(comparison)) + ordinary_line(verdict_sentence(comparison));
}

}  // namespace ipcbench
