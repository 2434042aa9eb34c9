// Completions of commands, options and their values. Lists are completed behind each comma.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace ipcbench {

std::string bash_completion(const CLI::App& program);
std::string zsh_completion(const CLI::App& program);
std::string fish_completion(const CLI::App& program);

}  // namespace ipcbench
