// The numbers of inherited descriptors as text, for a program that is started afresh.
#pragma once

#include <string>
#include <vector>

#include "harness/contract/abilities.hpp"

namespace ipcbench {

// "5,1": the numbers under which the end will have them.
std::string format_numbers(const std::vector<InheritedFd>& descriptors);
// The reverse. Throws std::invalid_argument for any other text.
std::vector<int> parse_numbers(const std::string& text);

}  // namespace ipcbench
