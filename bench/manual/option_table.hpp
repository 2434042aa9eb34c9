// The commands and options of the program as plain data, for the manual page and the completions.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace ipcbench {

struct OptionEntry {
  std::vector<std::string> spellings;  // "-m", "--mechanism"; a positional argument: its name alone
  std::string placeholder;             // "NAME"; empty for a flag
  std::string description;
  std::vector<std::string> values;  // to choose from; empty: anything
  bool positional = false;
  bool list = false;   // takes several values, separated by commas
  bool files = false;  // takes a name in the file system
};

struct CommandEntry {
  std::string name;
  std::string description;
  std::string footer;
  std::vector<OptionEntry> options;
};

// Those that the help shows, in its order.
std::vector<CommandEntry> command_table(const CLI::App& program);

}  // namespace ipcbench
