// The options --format, --json and --csv, the same for every command that prints results in several formats.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace ipcbench {

// `format` holds the default. --json stands for --format json, and excludes it. What the formats are called
// is checked by the command.
void declare_format(CLI::App& app, std::string& format, const std::vector<std::string>& names,
                    const std::string& help = "How the result is written");

// After declare_format(): --csv stands for --format csv, and excludes both.
void declare_csv(CLI::App& app, std::string& format);

}  // namespace ipcbench
