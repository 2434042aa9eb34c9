// The option --format that the commands which print a comparison have in common.
#pragma once

#include <string>

#include "results/comparison/comparison_formats.hpp"

namespace ipcbench {

// The format of that name. Throws UsageError, which names --format and lists what there is.
const ComparisonFormat& parse_comparison_format(const std::string& wanted);

}  // namespace ipcbench
