// What a comparison is written as: pure functions of it, each for one kind of reader.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "results/comparison/comparison.hpp"

namespace ipcbench {

struct FormatOptions {
  bool all = false;  // what is unchanged one by one, where it is counted otherwise
};

// For a terminal: at most kTextColumns wide but for names that are longer.
std::string comparison_text(const Comparison& comparison, const FormatOptions& options);

// {"ipcbench_comparison": 1, ...}: everything that the decision rests on. Numbers that are not known are
// null. Always whole, whatever the options.
std::string comparison_json(const Comparison& comparison, const FormatOptions& options);

// For a comment on a pull request or a job's summary, below 60,000 bytes: GitHub takes 65,536 characters of
// the one ("body is too long (maximum is 65536 characters)") and 1 MiB of the other
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands). What does not fit
// is counted.
std::string comparison_markdown(const Comparison& comparison, const FormatOptions& options);

// JUnit's XML, which CI servers read: a test suite for each family, a test case for each cell, and one for
// the family as a whole. What fails the gate is a failure (regressed) or an error (invalid); unchanged,
// improved and watched pass; every other verdict, and what is reported without being gated, is skipped, with
// the reason as its message.
std::string comparison_junit(const Comparison& comparison, const FormatOptions& options);

// Workflow commands of GitHub Actions: a regression or an invalid cell is an error, what weakens the gate a
// warning, an improvement a notice; at most ten of each, the last of which counts the rest. Ends with the
// verdict on an ordinary line.
std::string comparison_github(const Comparison& comparison, const FormatOptions& options);

struct ComparisonFormat {
  std::string_view name;
  std::string_view summary;
  std::string (*write)(const Comparison&, const FormatOptions&);
};

// All of them, the default first.
std::span<const ComparisonFormat> comparison_formats();

}  // namespace ipcbench
