// How answers become Markdown and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace ipcbench {

// A table with a heading row. Bars and line ends in cells are escaped.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

// Indented, with a newline at the end.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace ipcbench
