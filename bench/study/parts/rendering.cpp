#include "bench/study/parts/rendering.hpp"

#include <nlohmann/json.hpp>

namespace ipcbench {

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    const bool is_heading = text.empty();
    text += '|';
    for (const std::string& cell : row) {
      text += ' ';
      for (const char letter : cell) {
        if (letter == '|') text += '\\';
        text += letter == '\n' ? ' ' : letter;
      }
      text += " |";
    }
    text += '\n';
    if (!is_heading) continue;
    text += '|';
    for (std::size_t i = 0; i < row.size(); ++i) text += "---|";
    text += '\n';
  }
  return text;
}

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ipcbench
