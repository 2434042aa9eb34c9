// Text for a terminal: columns that align, paragraphs that fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

inline constexpr std::size_t kTextColumns = 100;

// Where a text is shown.
struct TextStyle {
  std::size_t columns = kTextColumns;  // the width to keep to
  bool colours = false;                // with the escape sequences of a terminal
};

enum class Colour { none, red = 31, green = 32, yellow = 33 };

// The text in that colour, or as it is without `colours`. A newline at the end stays outside, so that a pager
// which shows single lines shows their colours.
std::string coloured(const std::string& text, Colour colour, bool colours);

// Aligns rows of cells: the first column to the left, the others to the right, two spaces between them. A
// short row ends early. Widths are in bytes: the cells are plain ASCII. Where a row would be wider than
// `columns`, its first cell gets a line of its own.
std::string align_columns(const std::vector<std::vector<std::string>>& rows, std::size_t columns = SIZE_MAX);

// Breaks a paragraph at spaces into lines of at most `columns`. The first line begins with `first_indent`,
// the others with as many spaces. A longer word gets a line of its own.
std::string wrap_paragraph(std::string_view first_indent, std::string_view text,
                           std::size_t columns = kTextColumns);

}  // namespace ipcbench
