#include "results/comparison/comparison_formats.hpp"

#include <array>

namespace ipcbench {

std::span<const ComparisonFormat> comparison_formats() {
  static constexpr std::array kFormats{
      ComparisonFormat{"text", "for a terminal", comparison_text},
      ComparisonFormat{"json", "everything that the decision rests on", comparison_json},
      ComparisonFormat{"markdown", "for a comment on a pull request", comparison_markdown},
      ComparisonFormat{"junit", "test results, for a CI server", comparison_junit},
      ComparisonFormat{"github", "annotations of GitHub Actions", comparison_github}};
  return kFormats;
}

}  // namespace ipcbench
