// What `ipcbench run` prints in the end.
#pragma once

#include <filesystem>
#include <string>

#include "harness/base/text_layout.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Where everything is, and what to ask next: a command a line, which is never broken.
std::string pointers(const std::filesystem::path& out);

// The overview and the pointers, which together fit a screen (kScreenLines). `out`: where the report is.
std::string run_screen(const Report& report, const std::filesystem::path& out, const TextStyle& style);

}  // namespace ipcbench
