#include "bench/cli/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>
#include <system_error>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kBlanks = " \t\n";

// Between double quotes a backslash is literal except before these characters.
bool escapes(char quote, char next) { return quote == '\0' || next == '"' || next == '\\'; }

double ns_of(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()); }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  std::iota(cost[0].begin(), cost[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + differs});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::size_t allowed = std::max<std::size_t>(word.size() / 3, 2);
  std::optional<std::string> best;
  std::size_t fewest = allowed + 1;
  for (const std::string& name : known) {
    // The edit count is at least the difference in length. Computing it for an argument of 100 kB takes long.
    if (std::max(word.size(), name.size()) - std::min(word.size(), name.size()) >= fewest) continue;
    const std::size_t edits = edit_distance(word, name);
    // A name that shares nothing with the word is no suggestion, however short both are.
    if (edits >= fewest || edits >= std::max(word.size(), name.size())) continue;
    fewest = edits;
    best = name;
  }
  return best;
}

std::string unknown_name(std::string_view argument, std::string_view word,
                         const std::vector<std::string>& known) {
  const auto meant = nearest(word, known);
  return fmt::format("{}: '{}' is not known; {}allowed: {}.", argument, word,
                     meant ? fmt::format("did you mean '{}'? ", *meant) : "", fmt::join(known, ", "));
}

std::vector<std::string> split_list(std::string_view argument, const std::vector<std::string>& values) {
  std::vector<std::string> items;
  for (const std::string& value : values) {
    for (std::size_t begin = 0; begin <= value.size();) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      items.push_back(value.substr(begin, end - begin));
      if (items.back().empty()) throw UsageError(fmt::format("{}: '{}' has an empty item.", argument, value));
      begin = end + 1;
    }
  }
  return items;
}

std::vector<std::string> split_words(std::string_view argument, std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && kBlanks.find(c) != std::string_view::npos) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size() && escapes(quote, text[i + 1])) {
      words.back() += text[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') throw UsageError(fmt::format("{}: '{}' lacks a closing {}.", argument, text, quote));
  return words;
}

std::vector<std::string> parse_names(std::string_view argument, const std::vector<std::string>& values,
                                     const std::vector<std::string>& known) {
  std::vector<std::string> names;
  for (std::string& name : split_list(argument, values)) {
    if (std::ranges::find(known, name) == known.end()) throw UsageError(unknown_name(argument, name, known));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

std::uint64_t parse_number(std::string_view argument, std::string_view text, std::uint64_t min,
                           std::uint64_t max) {
  const auto number = parse_number<std::uint64_t>(text);
  if (number && *number >= min && *number <= max) return *number;
  throw UsageError(fmt::format("{}: '{}' is not a whole number from {} to {}.", argument, text, min, max));
}

std::uint64_t parse_seed(std::string_view argument, const std::string& text) {
  if (!text.empty()) return parse_number(argument, text, 0, UINT64_MAX);
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

std::vector<std::string> parse_axis(const CellAxis& axis, const std::vector<std::string>& texts) {
  const std::string argument = fmt::format("--{}", axis.name);
  if (axis.values != nullptr) {
    std::vector<std::string> known;
    for (const auto& value : axis.values()) known.emplace_back(value.name);
    return parse_names(argument, texts, known);
  }
  try {
    return parse_axis_values(axis, fmt::format("{}", fmt::join(split_list(argument, texts), ",")));
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("{}: {}.", argument, error.what()));
  }
}

std::chrono::nanoseconds parse_time(std::string_view argument, std::string_view text,
                                    std::chrono::nanoseconds min, std::chrono::nanoseconds max) {
  try {
    const auto duration = parse_duration(text);
    if (duration >= min && duration <= max) return duration;
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("{}: {}.", argument, error.what()));
  }
  throw UsageError(fmt::format("{}: '{}' is out of range; allowed: {} to {}.", argument, text,
                               format_duration_ns(ns_of(min)), format_duration_ns(ns_of(max))));
}

}  // namespace ipcbench
