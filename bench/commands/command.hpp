// The contract of a subcommand. Each has a file of its own and stands in the list in program.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/cli/exit_code.hpp"

namespace CLI {
class App;
}

namespace ipcbench {

struct Invocation {
  std::filesystem::path program;             // this program's file
  std::vector<std::string> arguments;        // argv, the program's name first
  std::vector<std::string> benchmark_flags;  // what followed "--"
};

// Does the work after parsing. Throws UsageError for wrong arguments; exit_code.hpp says what this and other
// exceptions end with.
using CommandAction = std::function<Outcome(const Invocation&)>;

struct Command {
  std::string_view name;
  std::string_view summary;
  // Declares the options on `app`. Their values live as long as the action.
  CommandAction (*declare)(CLI::App& app);
  bool takes_benchmark_flags = false;
  bool hidden = false;  // called by this program itself, hence not in the help
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

// main(), except where this process is an end of a launch. Returns the exit code; never throws.
int run_program(int argc, const char* const* argv);

}  // namespace ipcbench
