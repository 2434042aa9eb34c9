// The formats of a comparison: a pure function for each kind of reader.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "results/comparison/comparison.hpp"

namespace ipcbench {

struct FormatOptions {
  bool all = false;  // list every unchanged cell instead of counting them
};

// For a terminal: at most kTextColumns wide, except for longer names.
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
// the family as a whole. Cases that fail the gate are failures (regressed) or errors (invalid). Unchanged,
// improved and watched ones pass. All others, and those that are reported but not gated, are skipped, with
// the reason as their message.
std::string comparison_junit(const Comparison& comparison, const FormatOptions& options);

// Workflow commands of GitHub Actions: a regression or an invalid cell is an error, a finding that weakens
// the gate a warning, an improvement a notice; at most ten of each, the last of which counts the rest. Ends
// with the verdict on an ordinary line.
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
