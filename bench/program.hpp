// The program's commands and options as CLI11 knows them: what is parsed, helped with, completed and
// documented.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <map>
#include <string>

#include "bench/commands/command.hpp"

namespace ipcbench {

// What each command does once its options are parsed, by its name. The options live as long as these.
using Actions = std::map<std::string, CommandAction, std::less<>>;

// Declares every command, hidden ones included, on an empty `app`.
Actions declare_program(CLI::App& app);

}  // namespace ipcbench
