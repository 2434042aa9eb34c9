// The contract of a subcommand. Each has a file of its own and a row in the table in program.cpp.
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/cli/exit_code.hpp"

namespace ipcbench {

struct Invocation {
  std::filesystem::path program;             // this program's file
  std::filesystem::path share;               // the folder of its data: charts, schema
  std::vector<std::string> arguments;        // argv, the program's name first
  std::vector<std::string> benchmark_flags;  // what followed "--"
};

// Does the work after parsing. Throws UsageError for wrong arguments; exit_code.hpp maps exceptions to exit
// codes.
using CommandAction = std::function<Outcome(const Invocation&)>;

// Each declares a command's options on `app`. The option values live as long as the action.
CommandAction declare_list(CLI::App& app);
CommandAction declare_run(CLI::App& app);
CommandAction declare_show(CLI::App& app);
CommandAction declare_duet(CLI::App& app);
CommandAction declare_probe(CLI::App& app);
CommandAction declare_advise(CLI::App& app);
CommandAction declare_plot(CLI::App& app);
CommandAction declare_export(CLI::App& app);
CommandAction declare_compare(CLI::App& app);
CommandAction declare_reproduce(CLI::App& app);
CommandAction declare_calibrate(CLI::App& app);
CommandAction declare_index(CLI::App& app);
CommandAction declare_query(CLI::App& app);
CommandAction declare_rank(CLI::App& app);
CommandAction declare_trend(CLI::App& app);
CommandAction declare_site(CLI::App& app);
CommandAction declare_submit(CLI::App& app);
CommandAction declare_claims(CLI::App& app);
CommandAction declare_doctor(CLI::App& app);
CommandAction declare_new_mechanism(CLI::App& app);
CommandAction declare_clean(CLI::App& app);
CommandAction declare_help(CLI::App& app);
CommandAction declare_reference(CLI::App& app);
CommandAction declare_duet_side(CLI::App& app);
CommandAction declare_launch_side(CLI::App& app);

// Called by the build, hence not in the help.
inline constexpr std::string_view kReferenceName = "reference";

// The whole main(), except in a process that is an end of a launch. share: as of whole_program(). Returns the
// exit code; never throws.
int run_program(int argc, const char* const* argv, const char* share = nullptr);

}  // namespace ipcbench
