// The signs beside figures, which say what to know before believing them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/summary/summary.hpp"

namespace ipcbench {

struct Mark {
  char symbol;
  bool (*applies)(const CellSummary& summary);
  std::string_view meaning;  // a sentence; README.md lists them all
};

inline constexpr char kUncertain = '~';

std::span<const Mark> all_marks();
// The marks of the cell's figure, such as "~^"; usually none.
std::string marks_of(const CellSummary& summary);

// A paragraph for a mark.
std::string explain_mark(char symbol, std::size_t columns);
// The same for each mark in the tables of these cells; not every cell is in them.
std::string explain_marks(const std::vector<CellSummary>& summaries, std::string_view tables,
                          std::size_t columns);

}  // namespace ipcbench
