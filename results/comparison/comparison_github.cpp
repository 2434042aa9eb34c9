// The commands are those of
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; how text in them is
// escaped stands in the runner's and the toolkit's sources only
// (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).
#include <fmt/format.h>

#include <algorithm>

#include "harness/base/printable.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_groups.hpp"
#include "results/comparison/comparison_words.hpp"

namespace ipcbench {
namespace {

// "10 warning annotations, 10 error annotations, and 10 notice annotations per step":
// https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations. What comes after is
// dropped without a word.
constexpr std::size_t kMostAnnotations = 10;

std::string command_text(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '%':
        safe += "%25";
        break;
      case '\r':
        safe += "%0D";
        break;
      case '\n':
        safe += "%0A";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

// In a property, what ends it has to be escaped as well.
std::string command_property(std::string_view text) {
  std::string safe;
  for (const char letter : command_text(text)) {
    switch (letter) {
      case ':':
        safe += "%3A";
        break;
      case ',':
        safe += "%2C";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

struct Annotation {
  Verdict verdict;
  std::string title;
  std::string text;
};

struct Annotations {
  std::vector<Annotation> errors;
  std::vector<Annotation> warnings;
  std::vector<Annotation> notices;

  // Null: not worth one.
  std::vector<Annotation>* of(Verdict verdict, bool gated) {
    switch (verdict) {
      case Verdict::regressed:
      case Verdict::invalid:
        return gated ? &errors : &warnings;
      case Verdict::missing:
      case Verdict::incomparable:
        return &warnings;
      case Verdict::unguarded:
        return gated ? &warnings : nullptr;
      case Verdict::improved:
        return &notices;
      case Verdict::inconclusive:
      case Verdict::added:
      case Verdict::unchanged:
        break;
    }
    return nullptr;
  }
  void add(const std::string& name, const Findings& findings) {
    if (findings.empty()) return;
    const Finding& worst = *findings.front();
    std::vector<Annotation>* list = of(worst.verdict, worst.gated);
    if (list == nullptr) return;
    std::string text;
    for (const Finding* finding : telling(findings)) {
      text += fmt::format("{}{}", text.empty() ? "" : "; ", finding_sentence(*finding));
    }
    list->push_back({worst.verdict, fmt::format("{}: {}", verdict_text(worst), name), text});
  }
};

Annotations annotations_of(const Comparison& comparison) {
  const ComparedGroups groups = group_findings(comparison);
  Annotations annotations;
  for (const std::string& fact : comparison.differing)
    annotations.warnings.push_back({Verdict::incomparable, "differs", fact});
  annotations.add("all cells", groups.whole);
  for (const ComparedFamily& family : groups.families) {
    annotations.add(family.name, family.findings);
    for (const ComparedCell& cell : family.cells) annotations.add(cell.name, cell.findings);
  }
  for (const Absence& absence : comparison.absences) {
    if (auto* list = annotations.of(absence.verdict, true)) {
      list->push_back(
          {absence.verdict, fmt::format("{}: {}", name_of(absence.verdict), absence.cell), absence.reason});
    }
  }
  return annotations;
}

std::string command(std::string_view kind, const Annotation& annotation) {
  return fmt::format("::{} title={}::{}\n", kind, command_property(printable_line(annotation.title)),
                     command_text(printable_line(annotation.text)));
}

// The worst first, since those are what is seen.
std::string commands_of(std::string_view kind, std::vector<Annotation> annotations) {
  std::ranges::stable_sort(annotations, {}, &Annotation::verdict);
  const bool fits = annotations.size() <= kMostAnnotations;
  const std::size_t shown = fits ? annotations.size() : kMostAnnotations - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += command(kind, annotations[i]);
  if (fits) return text;
  return text + command(kind, {Verdict::unchanged, fmt::format("and {} more", annotations.size() - shown),
                               "A step shows ten annotations of each kind; --format text lists all."});
}

// A line that the runner does not take for a command: those start with two colons, or hold "##[".
std::string ordinary_line(std::string_view text) {
  std::string line = printable_line(text);
  for (std::size_t at = line.find("##["); at != std::string::npos; at = line.find("##[", at)) {
    line.replace(at, 3, "## [");
  }
  return line + '\n';
}

}  // namespace

std::string comparison_github(const Comparison& comparison, const FormatOptions& /*options*/) {
  const Annotations annotations = annotations_of(comparison);
  return commands_of("error", annotations.errors) + commands_of("warning", annotations.warnings) +
         commands_of("notice", annotations.notices) +
         ordinary_line(fmt::format("Compared: {}.", sides_sentence(comparison))) +
         ordinary_line(method_sentence(comparison)) + ordinary_line(verdict_sentence(comparison));
}

}  // namespace ipcbench
