// The formats of a comparison: a pure function for each kind of reader.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/text_layout.hpp"
#include "results/comparison/comparison.hpp"

namespace ipcbench {

struct FormatOptions {
  bool all = false;  // list every cell instead of counting those without a change
  bool details =
      false;  // list every metric with what it rests on: p values, detectable effects, the watch list
  std::size_t columns = kTextColumns;  // the width to keep to
  bool colours = false;                // with the escape sequences of a terminal
};

// For a person: the headline first and last, between them a row for each cell that changed, the worst first.
// Everything else is counted, or follows with `details`. At most `columns` wide, except for names in the
// details.
std::string comparison_text(const Comparison& comparison, const FormatOptions& options);

// {"ipcbench_comparison": 1, ...}: everything that the decision rests on. Unknown numbers are null. Ignores
// the options: the output is always complete.
std::string comparison_json(const Comparison& comparison, const FormatOptions& options);

// For a comment on a pull request or a job's summary, below 60,000 bytes: GitHub accepts 65,536 characters
// for the former ("body is too long (maximum is 65536 characters)") and 1 MiB for the latter
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands). The output counts
// whatever does not fit.
std::string comparison_markdown(const Comparison& comparison, const FormatOptions& options);

// JUnit XML, which CI servers read: a test suite for each family, with a test case for each cell and one for
// the family as a whole. Cases that fail the gate are failures (regressed, missing) or errors (invalid). What
// could not be compared is skipped, with the reason as its message. All others pass, with their figures as
// output. Each suite has the headline as a property.
std::string comparison_junit(const Comparison& comparison, const FormatOptions& options);

// Workflow commands of GitHub Actions: what fails the gate is an error, a fact that differs a warning, any
// other change a notice; at most ten of each, the last of which counts the rest. All that the comparison
// cannot see is one notice. Ends with the headline on an ordinary line.
std::string comparison_github(const Comparison& comparison, const FormatOptions& options);

struct ComparisonFormat {
  std::string_view name;
  std::string_view summary;
  std::string (*write)(const Comparison&, const FormatOptions&);
};

// All of them, the default first.
inline std::span<const ComparisonFormat> comparison_formats() {
  static constexpr std::array kFormats{
      ComparisonFormat{"text", "for a terminal", comparison_text},
      ComparisonFormat{"json", "everything that the decision rests on", comparison_json},
      ComparisonFormat{"markdown", "for a comment on a pull request", comparison_markdown},
      ComparisonFormat{"junit", "test results, for a CI server", comparison_junit},
      ComparisonFormat{"github", "annotations of GitHub Actions", comparison_github}};
  return kFormats;
}

}  // namespace ipcbench
