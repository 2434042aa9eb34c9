#include "harness/inherited_numbers.hpp"

#include <fmt/format.h>

#include <sstream>

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
  for (std::string item; std::getline(items, item, ',');) numbers.push_back(std::stoi(item));
  return numbers;
}

}  // namespace ipcbench
