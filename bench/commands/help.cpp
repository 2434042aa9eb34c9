// ipcbench help: the help of the program or of one command.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"

namespace ipcbench {
namespace {

Outcome show_help(const CLI::App& program, const std::string& name) {
  if (name.empty()) {
    // help() of the program would be that of the command that was parsed.
    print(program.get_formatter()->make_help(&program, program.get_name(), CLI::AppFormatMode::Normal));
    return Outcome::success;
  }
  std::vector<std::string> known;
  for (const CLI::App* command :
       program.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); })) {
    if (command->get_name() == name) {
      print(command->help("ipcbench"));
      return Outcome::success;
    }
    known.push_back(command->get_name());
  }
  throw UsageError(unknown_name("COMMAND", name, known));
}

}  // namespace

CommandAction declare_help(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  app.add_option("COMMAND", *name, "Which command (default: the program)")->type_name("");
  return [name, &app](const Invocation&) { return show_help(*app.get_parent(), *name); };
}

}  // namespace ipcbench
