// Text for a terminal: columns that align, paragraphs that fit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

inline constexpr std::size_t kTextColumns = 100;

// Rows of cells as lines: the first column to the left, the others to the right, two spaces between. A row
// that is shorter than the others ends early. Widths count bytes: the cells are plain ASCII.
std::string align_columns(const std::vector<std::vector<std::string>>& rows);

// One paragraph broken at spaces into lines of at most kTextColumns, after `first_indent` on its first line
// and spaces of the same width on the others. A longer word stands on a line of its own.
std::string wrap_paragraph(std::string_view first_indent, std::string_view text);

}  // namespace ipcbench
