// ipcbench(1) in the language of man(7).
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace ipcbench {

std::string man_page(const CLI::App& program);

}  // namespace ipcbench
