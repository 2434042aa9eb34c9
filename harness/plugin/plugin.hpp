// Loads transports from shared objects (ipcbench_plugin.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// The programs that this one starts load what it has loaded: absolute paths, separated by colons.
inline constexpr const char* kPluginVariable = "IPCBENCH_PLUGINS";

struct LoadedPlugin {
  std::filesystem::path file;
  std::vector<std::string> mechanisms;
};

// Loads the file, registers its transports as mechanisms, and adds it to the environment for the programs
// that this one starts. A file that is loaded already is left as it is. Throws Error (cause and remedy) if it
// cannot be loaded, exports no ipcbench_plugin(), was made for another version, or describes a transport that
// cannot be. Called before anything asks for mechanisms().
void load_plugin(const std::filesystem::path& file);

// Those of the environment. Throws like load_plugin().
void load_plugins_of_environment();

const std::vector<LoadedPlugin>& loaded_plugins();

// The time of one call through a table, in nanoseconds: what a transport pays for each verb beside one that
// is compiled in. The median of several loops over a function that does nothing.
double plugin_call_ns();

}  // namespace ipcbench
