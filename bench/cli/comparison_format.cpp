#include "bench/cli/comparison_format.hpp"

#include <algorithm>
#include <vector>

#include "bench/cli/arguments.hpp"

namespace ipcbench {

const ComparisonFormat& parse_comparison_format(const std::string& wanted) {
  std::vector<std::string> known;
  for (const ComparisonFormat& format : comparison_formats()) known.emplace_back(format.name);
  const std::string name = parse_names("--format", {wanted}, known).front();
  return *std::ranges::find(comparison_formats(), name, &ComparisonFormat::name);
}

}  // namespace ipcbench
