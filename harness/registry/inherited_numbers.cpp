#include "harness/registry/inherited_numbers.hpp"

#include <fmt/format.h>

#include <charconv>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace ipcbench {

std::string format_numbers(const std::vector<InheritedFd>& descriptors) {
  std::string text;
  for (const InheritedFd& descriptor : descriptors) {
    text += fmt::format("{}{}", text.empty() ? "" : ",", descriptor.number());
  }
  return text;
}

std::vector<int> parse_numbers(const std::string& text) {
  std::vector<int> numbers;
  std::istringstream items(text);
  for (std::string item; std::getline(items, item, ',');) {
    int number = -1;
    const char* end = item.data() + item.size();
    const auto [stopped, error] = std::from_chars(item.data(), end, number);
    if (error != std::errc{} || stopped != end || number < 0) {
      throw std::invalid_argument(fmt::format("'{}' is not a list of descriptors, such as 5,1", text));
    }
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace ipcbench
