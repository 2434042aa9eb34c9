#include "bench/cli/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <system_error>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

double ns_of(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()); }

}  // namespace

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
  std::uint64_t number = 0;
  const std::string digits(text);
  const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc{} && stopped == digits.data() + digits.size();
  if (whole && number >= min && number <= max) return number;
  throw UsageError(fmt::format("{}: '{}' is not a whole number from {} to {}.", argument, text, min, max));
}

std::vector<std::string> parse_axis(const CellAxis& axis, const std::vector<std::string>& texts,
                                    std::vector<std::string> known) {
  const std::string argument = fmt::format("--{}", axis.name);
  if (axis.values != nullptr) {
    for (const auto& value : axis.values()) known.emplace_back(value.name);
  }
  if (!known.empty()) return parse_names(argument, texts, known);
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
