#include "harness/base/text_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ipcbench {

namespace {

using Rows = std::vector<std::vector<std::string>>;

// The width of each column. First cells that leave no room for the other columns do not count.
std::vector<std::size_t> widths_of(const Rows& rows, std::size_t columns) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size(), 0);
    for (std::size_t i = 1; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::size_t others = 0;
  for (const std::size_t width : widths) others += width + 2;
  for (const auto& row : rows) {
    const bool fits = !row.empty() && row[0].size() + others - 2 <= columns;
    if (fits) widths[0] = std::max(widths[0], row[0].size());
  }
  return widths;
}

}  // namespace

std::string coloured(const std::string& text, Colour colour, bool colours) {
  if (!colours || colour == Colour::none || text.empty()) return text;
  const std::string end = text.back() == '\n' ? "\n" : "";
  const std::string line = text.substr(0, text.size() - end.size());
  return fmt::format("\033[{}m{}\033[0m{}", static_cast<int>(colour), line, end);
}

std::string align_columns(const Rows& rows, std::size_t columns) {
  const std::vector<std::size_t> widths = widths_of(rows, columns);
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool wide = i == 0 && row.size() > 1 && row[0].size() > widths[0];
      if (wide) text += row[0] + '\n';
      line += i == 0 ? fmt::format("{:<{}}", wide ? "" : row[i], widths[i])
                     : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string wrap_paragraph(std::string_view first_indent, std::string_view text, std::size_t columns) {
  std::string paragraph;
  std::string line(first_indent);
  bool has_word = false;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    if (word.empty()) continue;
    if (has_word && line.size() + 1 + word.size() > columns) {
      paragraph += line + '\n';
      line.assign(first_indent.size(), ' ');
      has_word = false;
    }
    if (has_word) line += ' ';
    line += word;
    has_word = true;
  }
  return paragraph + line + '\n';
}

}  // namespace ipcbench
