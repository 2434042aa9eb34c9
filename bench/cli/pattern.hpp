// Compiles untrusted regular expressions within bounds of time and stack.
#pragma once

#include <regex>
#include <string>
#include <string_view>

namespace ipcbench {

// ECMAScript's grammar without back-references. The time of a search is proportional to the product of the
// lengths of pattern and text; with backtracking it would double with every character. Throws UsageError,
// which names the argument, for invalid patterns and for those that are too long, too deep or repeat too
// often.
std::regex compile_pattern(std::string_view argument, const std::string& text);

// Throws UsageError for a pattern that is unsafe for a backtracking matcher, such as Google Benchmark's.
void check_for_backtracking(std::string_view argument, const std::string& text);

}  // namespace ipcbench
