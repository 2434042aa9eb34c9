// The contract of a subcommand: one file each, listed in commands.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace ipcbench {

// How the program was called.
struct Invocation {
  std::filesystem::path program;             // this program's file
  std::vector<std::string> arguments;        // argv, its own name first
  std::vector<std::string> benchmark_flags;  // what stood behind "--"
};

// Does the work, after parsing; returns the exit code. Throws UsageError for mistakes in the arguments, and
// std::exception for what else cannot be done (both end as kUsage).
using CommandAction = std::function<int(const Invocation&)>;

struct Command {
  std::string_view name;
  std::string_view summary;
  // Declares the options on `app`; what they are parsed into lives as long as the action.
  CommandAction (*declare)(CLI::App& app);
  bool takes_benchmark_flags = false;
  bool hidden = false;  // called by this program itself: not in the help
};

extern const Command kListCommand;
extern const Command kRunCommand;
extern const Command kDuetCommand;
extern const Command kDuetSideCommand;
extern const Command kPlotCommand;
extern const Command kProbeCommand;
extern const Command kClaimsCommand;
extern const Command kExportCommand;
extern const Command kCompareCommand;
extern const Command kCalibrateCommand;
extern const Command kDoctorCommand;
extern const Command kCleanCommand;

// In the order of the help.
std::span<const Command* const> commands();

// Runs the program: main() without the special case of being an end. Never throws.
int run_program(int argc, const char* const* argv);

}  // namespace ipcbench
