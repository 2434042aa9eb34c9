// The numbers of inherited descriptors as text, which is what a program started afresh is told.
#pragma once

#include <string>
#include <vector>

#include "harness/contract/abilities.hpp"

namespace ipcbench {

// "5,1": under which numbers the end will have them.
std::string format_numbers(const std::vector<InheritedFd>& descriptors);
// Throws std::invalid_argument for what format_numbers() does not write.
std::vector<int> parse_numbers(const std::string& text);

}  // namespace ipcbench
