// Several reports beside one base: the time per message of each cell as columns, with geometric means.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/comparison/comparison_formats.hpp"

namespace ipcbench {

// All of these have the same base. A change that is not certain is written ~; ? where nothing was judged.
using Comparisons = std::vector<Comparison>;

// A table of the cells that changed in any report (of all cells with `options.all`), as many columns at once
// as fit, and the headline of each comparison.
std::string side_by_side_text(const Comparisons& comparisons, const FormatOptions& options);
// The same as one table, below 60,000 bytes: GitHub refuses longer comments.
std::string side_by_side_markdown(const Comparisons& comparisons, const FormatOptions& options);
// {"ipcbench_comparisons": 1, "base": origin, "comparisons": [as comparison_json()]}
std::string side_by_side_json(const Comparisons& comparisons, const FormatOptions& options);

struct SideBySideFormat {
  std::string_view name;
  std::string (*write)(const Comparisons&, const FormatOptions&);
};

// The default first. Test results and annotations are of one comparison.
inline std::span<const SideBySideFormat> side_by_side_formats() {
  static constexpr std::array kFormats{SideBySideFormat{"text", side_by_side_text},
                                       SideBySideFormat{"json", side_by_side_json},
                                       SideBySideFormat{"markdown", side_by_side_markdown}};
  return kFormats;
}

}  // namespace ipcbench
