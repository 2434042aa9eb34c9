// Writes answers as Markdown and JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ipcbench {

// A table with a heading row. Escapes bars and line ends in cells.
inline std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    const bool is_heading = text.empty();
    std::string rule = "|";
    text += '|';
    for (const std::string& cell : row) {
      text += ' ';
      for (const char letter : cell) {
        if (letter == '|') text += '\\';
        text += letter == '\n' ? ' ' : letter;
      }
      text += " |";
      rule += "---|";
    }
    text += is_heading ? '\n' + rule + '\n' : "\n";
  }
  return text;
}

// Indented, with a newline at the end.
inline std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ipcbench
