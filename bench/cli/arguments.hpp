// Parses the values of arguments. Each function throws a UsageError that names the argument.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/cli/exit_code.hpp"
#include "harness/base/cell.hpp"

namespace ipcbench {

// The fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the other
// (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known name with the fewest edits, at most a third of the word's length or two.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

// "--wait: 'blok' is not known; did you mean 'block'? allowed: block, spin, poll, epoll, adaptive."
std::string unknown_name(std::string_view argument, std::string_view word,
                         const std::vector<std::string>& known);

// The element of `items` whose `name` is `text`. Throws a UsageError that lists the names.
template <class Items>
const auto& parse_choice(std::string_view argument, std::string_view text, const Items& items) {
  std::vector<std::string> known;
  for (const auto& item : items) {
    if (item.name == text) return item;
    known.emplace_back(item.name);
  }
  throw UsageError(unknown_name(argument, text, known));
}

// Splits a command in one argument as a shell does, with '...', "..." and \, but without expansions:
// "setarch -R './my build/ipcbench'" is three words. (Boost's split_unix drops empty words and refuses the
// backslashes of quoted regular expressions.)
std::vector<std::string> split_words(std::string_view argument, std::string_view text);

// Splits {"a,b", "c"}, an argument given twice, into a, b, c. Throws on an empty item.
std::vector<std::string> split_list(std::string_view argument, const std::vector<std::string>& values);

// Names, each one of `known`; repeated ones count once.
std::vector<std::string> parse_names(std::string_view argument, const std::vector<std::string>& values,
                                     const std::vector<std::string>& known);

// The values of an axis from every text given to its option, as parse_axis_values() returns them. An unknown
// name gets a suggestion.
std::vector<std::string> parse_axis(const CellAxis& axis, const std::vector<std::string>& texts);

// Any 64 bits; random if the text is empty.
std::uint64_t parse_seed(std::string_view argument, const std::string& text);

// A whole number from `min` to `max`.
std::uint64_t parse_number(std::string_view argument, std::string_view text, std::uint64_t min,
                           std::uint64_t max);

// A duration from `min` to `max`.
std::chrono::nanoseconds parse_time(std::string_view argument, std::string_view text,
                                    std::chrono::nanoseconds min, std::chrono::nanoseconds max);

}  // namespace ipcbench
