#include "harness/registry/link.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "harness/base/units.hpp"

namespace ipcbench {

std::string format_numbers(const std::vector<InheritedFd>& descriptors) {
  std::vector<int> numbers;
  std::ranges::transform(descriptors, std::back_inserter(numbers), &InheritedFd::number);
  return fmt::format("{}", fmt::join(numbers, ","));
}

LinkSpec spec_of_hop(LinkSpec of_link, std::size_t hop) {
  of_link.name += fmt::format("-{}", hop);
  return of_link;
}

std::vector<int> parse_numbers(const std::string& text) {
  std::vector<int> numbers;
  if (text.empty()) return numbers;
  for (const std::string_view item : split_at_commas(text)) {
    numbers.push_back(parse_number<int>(item).value_or(-1));
    if (numbers.back() >= 0) continue;
    throw std::invalid_argument(fmt::format("'{}' is not a list of descriptors, such as 5,1", text));
  }
  return numbers;
}

}  // namespace ipcbench
