// Text for a terminal: columns that align, paragraphs that fit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

inline constexpr std::size_t kTextColumns = 100;

// Aligns rows of cells: the first column to the left, the others to the right, two spaces between them. A
// short row ends early. Widths are in bytes: the cells are plain ASCII.
std::string align_columns(const std::vector<std::vector<std::string>>& rows);

// Breaks a paragraph at spaces into lines of at most `columns`. The first line begins with `first_indent`,
// the others with as many spaces. A longer word gets a line of its own.
std::string wrap_paragraph(std::string_view first_indent, std::string_view text,
                           std::size_t columns = kTextColumns);

}  // namespace ipcbench
