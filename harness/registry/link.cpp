#include "harness/registry/link.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "harness/base/numbers.hpp"

namespace ipcbench {

std::string format_numbers(const std::vector<InheritedFd>& descriptors) {
  std::vector<int> numbers;
  std::ranges::transform(descriptors, std::back_inserter(numbers), &InheritedFd::number);
  return fmt::format("{}", fmt::join(numbers, ","));
}

std::vector<int> parse_numbers(const std::string& text) {
  auto numbers = parse_number_list<int>(text);
  if (numbers && std::ranges::all_of(*numbers, [](int number) { return number >= 0; })) return *numbers;
  throw std::invalid_argument(fmt::format("'{}' is not a list of descriptors, such as 5,1", text));
}

}  // namespace ipcbench
