// Whole numbers in text, and lists of them.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

namespace ipcbench {

// Empty if the whole text is not one number, or if it does not fit.
template <std::integral Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

// "a,,b": three items. An empty text has one empty item.
inline std::vector<std::string_view> split_at_commas(std::string_view list) {
  std::vector<std::string_view> items;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    items.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return items;
}

// "5,1". Empty if an item is not a number; no numbers for an empty text.
template <std::integral Number>
std::optional<std::vector<Number>> parse_number_list(std::string_view list) {
  std::vector<Number> numbers;
  if (list.empty()) return numbers;
  for (const std::string_view item : split_at_commas(list)) {
    const auto number = parse_number<Number>(item);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace ipcbench
