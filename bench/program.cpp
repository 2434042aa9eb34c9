#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/exit_code.hpp"
#include "bench/commands/command.hpp"
#include "bench/duet/protocol.hpp"
#include "bench/run/launch_protocol.hpp"
#include "harness/base/call_limit.hpp"

namespace ipcbench {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  CommandAction (*declare)(CLI::App& app);
  bool takes_benchmark_flags = false;
  bool hidden = false;  // called by this program itself, hence not in the help
};

// In the order of the help text.
constexpr std::array kCommands{
    Command{"list", "List the mechanisms: what each guarantees, and why it is not available here",
            declare_list},
    Command{"run", "Measure the selected cells and write a report", declare_run, true},
    Command{"duet", "Compare two builds side by side in one session: is the second slower", declare_duet},
    Command{"probe", "Try what each mechanism guarantees on this system", declare_probe},
    Command{"advise", "Say which mechanism fits what is asked for, from a report or by measuring",
            declare_advise},
    Command{"plot", "Draw charts of reports: an HTML page, SVG, PNG", declare_plot},
    Command{"export", "Write a report in the format of another tool: Google Benchmark, CSV, ...",
            declare_export},
    Command{"compare", "Compare two reports: what is slower, and is it certain", declare_compare},
    Command{"calibrate", "Measure how much sessions of this host differ without a change, for compare",
            declare_calibrate},
    Command{"claims", "Test textbook statements: confirmed, refuted or it depends", declare_claims},
    Command{"doctor", "Is this machine fit for measurements, and what would improve it", declare_doctor},
    Command{"clean", "Remove what your killed runs left behind", declare_clean},
    Command{kDuetSideName, "One of the two programs of a duet", declare_duet_side, false, true},
    Command{kLaunchSideName, "Makes the launches of one round of a run", declare_launch_side, false, true}};

// Refuses empty values, which mostly come from an unset variable in a script. Only options that take a list
// of arguments may be empty.
void refuse_empty_values(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const bool is_list = option->check_lname("base-args") || option->check_lname("new-args");
    if (option->get_items_expected_max() == 0 || is_list) continue;
    option->check(CLI::Validator(
        [](const std::string& value) {
          return value.empty() ? "is empty; leave it out or give it a value" : "";
        },
        ""));
  }
}

Invocation split_arguments(int argc, const char* const* argv) {
  Invocation invocation;
  invocation.arguments.assign(argv, argv + argc);
  const auto dashes = std::ranges::find(invocation.arguments, "--");
  if (dashes != invocation.arguments.end()) {
    invocation.benchmark_flags.assign(dashes + 1, invocation.arguments.end());
  }
  std::error_code unknown;
  invocation.program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (unknown && argc > 0) invocation.program = argv[0];
  return invocation;
}

// The arguments between the program's name and "--", in the reverse order that CLI11 wants.
std::vector<std::string> parser_arguments(const Invocation& invocation) {
  const auto& all = invocation.arguments;
  std::vector<std::string> seen(all.begin() + 1, std::ranges::find(all, "--"));
  std::ranges::reverse(seen);
  return seen;
}

void check_command_name(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  if (arguments[1].starts_with('-')) return;
  if (std::ranges::find(kCommands, arguments[1], &Command::name) != kCommands.end()) return;
  std::vector<std::string> known;
  for (const Command& command : kCommands) {
    if (!command.hidden) known.emplace_back(command.name);
  }
  throw UsageError(unknown_name("command", arguments[1], known));
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The message about an unknown argument, with a suggestion.
std::string unknown_argument(const CLI::App& app) {
  const std::vector<std::string> unknown = app.remaining(true);
  const std::string word = unknown.empty() ? "" : unknown.front().substr(0, unknown.front().find('='));
  const auto subs = app.get_subcommands();
  const CLI::App& sub = subs.empty() ? app : *subs.front();
  const std::vector<std::string> options = option_names(sub);
  if (std::ranges::find(options, word) != options.end()) {
    return fmt::format("{}: options follow the command, as in `ipcbench {} {}`.", word, sub.get_name(), word);
  }
  const auto meant = nearest(word, options);
  return fmt::format("{}: not an argument of this command; {}`{} --help` lists them.", word,
                     meant ? fmt::format("did you mean {}? ", *meant) : "",
                     subs.empty() ? "ipcbench" : "ipcbench " + sub.get_name());
}

// Parsing the command line runs the command.
void add_command(CLI::App& app, const Command& command, const Invocation& invocation, Outcome& outcome) {
  CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
  if (command.hidden) sub->group("");
  sub->callback([&, action = command.declare(*sub)] {
    const bool behind_dashes = std::ranges::find(invocation.arguments, "--") != invocation.arguments.end();
    if (behind_dashes && !command.takes_benchmark_flags) {
      throw UsageError(fmt::format("--: `ipcbench {}` takes nothing after it.", command.name));
    }
    outcome = action(invocation);
  });
  refuse_empty_values(*sub);
}

Outcome parse_and_run(const Invocation& invocation) {
  CLI::App app("Measures every way in which two processes on one Linux machine can communicate.", "ipcbench");
  Outcome outcome = Outcome::refused;
  app.set_version_flag("--version", "ipcbench " IPCBENCH_VERSION);
  app.require_subcommand(1);
  app.footer(exit_codes_help());
  for (const Command& command : kCommands) add_command(app, command, invocation, outcome);
  if (invocation.arguments.size() < 2) {
    say(app.help());
    return outcome;
  }
  try {
    check_command_name(invocation);
    app.parse(parser_arguments(invocation));
    return outcome;
  } catch (const CLI::CallForHelp&) {
    const auto subs = app.get_subcommands();
    print(subs.empty() ? app.help() : subs.front()->help("ipcbench"));
    return Outcome::success;
  } catch (const CLI::CallForVersion& version) {
    print(fmt::format("{}\n", version.what()));
    return Outcome::success;
  } catch (const CLI::ExtrasError&) {
    throw UsageError(unknown_argument(app));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  occupy_standard_streams();
  ignore_signals_of_writing();
  CallLimit::set_exit_code(exit_code(Outcome::measurement_failed));
  try {
    return exit_code(parse_and_run(split_arguments(argc, argv)));
  } catch (const OutputClosed&) {
    return exit_code_of_signal(SIGPIPE);
  } catch (const std::exception& error) {
    say(explain(error, {argv, argv + argc}));
    return exit_code(outcome_of(error));
  }
}

}  // namespace ipcbench
