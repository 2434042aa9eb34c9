// "Did you mean": the name that a mistyped one was probably meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// The fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the other
// (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known name with the fewest edits, if they are at most a third of the word's length (but two).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

// "--wait: 'blok' is not known; did you mean 'block'? Allowed: block, spin, poll, adaptive."
std::string unknown_name(std::string_view argument, std::string_view word,
                         const std::vector<std::string>& known);

}  // namespace ipcbench
