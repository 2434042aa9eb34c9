// Reading the values of arguments: each function throws UsageError that names the argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/cli/exit_code.hpp"
#include "bench/cli/nearest.hpp"
#include "harness/base/axes.hpp"

namespace ipcbench {

// "a,b" and "c" (an argument given twice) as a, b, c. Throws on an empty item.
std::vector<std::string> split_list(std::string_view argument, const std::vector<std::string>& values);

// Names, each of which has to be one of `known`; repeated ones count once.
std::vector<std::string> parse_names(std::string_view argument, const std::vector<std::string>& values,
                                     const std::vector<std::string>& known);

// The values of an axis by their names; `kAxis` lists them.
template <class Axis>
std::vector<Axis> parse_axis_list(std::string_view argument, const std::vector<std::string>& values) {
  std::vector<std::string> known;
  known.reserve(kAxis<Axis>.size());
  for (const auto& entry : kAxis<Axis>) known.emplace_back(entry.name);
  std::vector<Axis> axis;
  for (const std::string& name : parse_names(argument, values, known))
    axis.push_back(*parse_axis<Axis>(name));
  return axis;
}

// A whole number from `min` to `max`.
std::uint64_t parse_number(std::string_view argument, std::string_view text, std::uint64_t min,
                           std::uint64_t max);

// Sizes as units.hpp reads them, 0 for tokens, at most 1 GiB each: both ends hold several buffers of that
// size.
std::vector<std::uint64_t> parse_sizes(std::string_view argument, const std::vector<std::string>& values);

// A duration from `min` to `max`.
std::chrono::nanoseconds parse_time(std::string_view argument, std::string_view text,
                                    std::chrono::nanoseconds min, std::chrono::nanoseconds max);

}  // namespace ipcbench
