// Regular expressions that somebody else wrote: compiled and tried within bounds of time and stack.
#pragma once

#include <regex>
#include <string>
#include <string_view>

namespace ipcbench {

// In ECMAScript's grammar without back-references. Searching takes a time that grows with the product of the
// lengths of pattern and text, where backtracking takes one that doubles with every character. Throws
// UsageError that names the argument, for what is no pattern and for what is too long, too deep or repeats
// too often.
std::regex compile_pattern(std::string_view argument, const std::string& text);

// Throws UsageError for a pattern that must not be handed to a matcher that backtracks, such as Google
// Benchmark's.
void check_for_backtracking(std::string_view argument, const std::string& text);

}  // namespace ipcbench
