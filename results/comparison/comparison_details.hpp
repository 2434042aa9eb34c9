// What a comparison rests on, for a person: every metric that explains a verdict, with its p value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison_formats.hpp"

namespace ipcbench {

// The most entries shown of a list that may be as long as the sweep, and the most rows of a kind that fails
// nothing.
inline constexpr std::size_t kFewLines = 10;

// A legend, a table of families and cells, and the watch list.
std::string comparison_details(const Comparison& comparison, const FormatOptions& options);

// The first few of these lines, indented, and how many more there are.
std::string few_lines(const std::vector<std::string>& lines, std::size_t most);

}  // namespace ipcbench
