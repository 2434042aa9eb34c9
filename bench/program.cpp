#include "bench/program.hpp"

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
#include "bench/whole_program.hpp"
#include "harness/base/call_limit.hpp"
#include "harness/launch/worker.hpp"
#include "harness/plugin/plugin.hpp"
#include "plots/plot.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kPluginOption = "--plugin";

struct Command {
  std::string_view name;
  std::string_view summary;
  CommandAction (*declare)(CLI::App& app);
  std::array<std::string_view, 2> examples = {};  // what follows "ipcbench" and the command's name
  bool takes_benchmark_flags = false;
  bool hidden = false;  // called by this program itself, hence not in the help
};

// In the order of the help text. A test tries all examples.
constexpr std::array kCommands{
    Command{"list",
            "List the mechanisms: what each guarantees, and why it is not available here",
            declare_list,
            {"--mechanism sockets --long", "--json"}},
    Command{"run",
            "Measure the selected cells and write a report",
            declare_run,
            {"-m pipes,sockets --size 64,4KiB --cpus same --repetitions 3 -o few.json",
             "-m sockets --pattern paced --rate 50k --size 128 --threshold 'p99 < 1ms' --dry-run"},
            true},
    Command{"show",
            "Show a report again: on one screen, or all of its tables",
            declare_show,
            {"report.json --ranking", "report.json -m pipes --pattern latency --all"}},
    Command{"duet",
            "Compare two builds side by side in one session: is the second slower",
            declare_duet,
            {"--base old/ipcbench --new build/ipcbench -m sockets --gate",
             "-m pipes --base-args '--wait block' --new-args '--wait spin'"}},
    Command{"probe",
            "Try what each mechanism guarantees on this system",
            declare_probe,
            {"-m pipes --evidence", "-m queues --json"}},
    Command{"advise",
            "Say which mechanism fits what is asked for, from a report or by measuring",
            declare_advise,
            {"report.json --stream 4KiB@200 --need both-ways,whole-messages --max-p99 1ms",
             "--stream 128@50000 --peers exec --max-cpus 1 --measure"}},
    Command{"plot",
            "Draw charts of reports: an HTML page, SVG, PNG",
            declare_plot,
            {"report.json --out charts", "report.json --html"}},
    Command{"export",
            "Write a report in the format of another tool: Google Benchmark, CSV, ...",
            declare_export,
            {"report.json --for csv -o report.csv", "report.json --for google-benchmark"}},
    Command{"compare",
            "Compare two reports: what is slower, and is it certain",
            declare_compare,
            {"base.json new.json", "base.json new.json --json -o comparison.json"}},
    Command{"reproduce",
            "Measure the cells of a report here: reproduced, differs, or too weak to tell",
            declare_reproduce,
            {"report.json --repetitions 9 -o here.json", "report.json --with here.json --within 5% --all"}},
    Command{"calibrate",
            "Measure how much sessions of this host differ without a change, for compare",
            declare_calibrate,
            {"--sessions 10 -o host.json", "-m pipes --size 64 --sessions 5"}},
    Command{"index",
            "Put many reports into a database, for `query`",
            declare_index,
            {"reports", "--db postgresql:///fleet new.json more.json.zst"}},
    Command{"query",
            "Ask an index of many reports: each cell by host, class or time",
            declare_query,
            {"-m pipe --size 64 --group-by class", "--host 'node*' --latest --stat p50,p90,count --csv"}},
    Command{"trend",
            "Follow the sessions of a host in an index: where did a level change",
            declare_trend,
            {"-m pipe --size 64 --host 'node1'", "--class 'x86_64/*' --gate --json"}},
    Command{"site",
            "Write a static site of the machines in an index: pages, comparisons, trends",
            declare_site,
            {"fleet.sqlite --out site", "fleet.sqlite --out site --host 'node*' --with-reports"}},
    Command{"rank",
            "Where a report's machine stands among others of its class, and what the fast ones have",
            declare_rank,
            {"report.json", "report.json --class 'x86_64/*' -m pipe --size 64 --all"}},
    Command{"submit",
            "Prepare a report for a collection: without names, checked, and what it tells",
            declare_submit,
            {"--check report.json", "--check report.json.zst -o redacted.json.zst"}},
    Command{"claims",
            "Test textbook statements: confirmed, refuted or it depends",
            declare_claims,
            {"report.json", "--about pipe"}},
    Command{"doctor",
            "Is this machine fit for measurements, and what would improve it",
            declare_doctor,
            {"", "--json"}},
    Command{"new-mechanism",
            "Write a repository for a mechanism of your own, beginning as a worked example",
            declare_new_mechanism,
            {"my_ring", "my_transport --library --out mine"}},
    Command{"clean", "Remove what your killed runs left behind", declare_clean, {"", "--dry-run"}},
    Command{"help", "Show the help of a command", declare_help, {"run", ""}},
    Command{kReferenceName, "The manual page or a shell's completion", declare_reference, {}, false, true},
    Command{kDuetSideName, "One of the two programs of a duet", declare_duet_side, {}, false, true},
    Command{
        kLaunchSideName, "Makes the launches of one round of a run", declare_launch_side, {}, false, true}};

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

Invocation split_arguments(int argc, const char* const* argv, const char* share) {
  Invocation invocation;
  invocation.arguments.assign(argv, argv + argc);
  const auto dashes = std::ranges::find(invocation.arguments, "--");
  if (dashes != invocation.arguments.end()) {
    invocation.benchmark_flags.assign(dashes + 1, invocation.arguments.end());
  }
  std::error_code unknown;
  invocation.program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (unknown && argc > 0) invocation.program = argv[0];
  invocation.share = share == nullptr ? assets_of(invocation.program) : std::filesystem::path(share);
  return invocation;
}

// The arguments between the program's name and "--", in the reverse order that CLI11 wants.
std::vector<std::string> parser_arguments(const std::vector<std::string>& all) {
  std::vector<std::string> seen(all.begin() + 1, std::ranges::find(all, "--"));
  std::ranges::reverse(seen);
  return seen;
}

// Takes them out of the arguments, wherever they are, since mechanisms have to be known before any option
// that names one is read.
void load_plugins(std::vector<std::string>& arguments) {
  load_plugins_of_environment();
  const auto end = std::ranges::find(arguments, "--") - arguments.begin();
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const std::string prefix = std::string(kPluginOption) + "=";
    if (static_cast<std::ptrdiff_t>(i) >= end || (word != kPluginOption && !word.starts_with(prefix))) {
      kept.push_back(word);
    } else if (word != kPluginOption) {
      load_plugin(word.substr(prefix.size()));
    } else if (++i < arguments.size()) {
      load_plugin(arguments[i]);
    } else {
      throw UsageError("--plugin: its value is missing; name a shared object.");
    }
  }
  arguments = std::move(kept);
}

void check_command_name(const std::vector<std::string>& arguments) {
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

// What the library says of a missing argument or value, with what a reader can do about it.
std::string missing_argument(const CLI::App& app, const std::string& problem) {
  const auto subs = app.get_subcommands();
  if (subs.empty()) return problem;
  const std::string name = subs.front()->get_name();
  const std::string option = problem.substr(0, problem.find(':'));
  if (option.starts_with("--") && problem.ends_with("missing"))
    return fmt::format("{}: its value is missing; `ipcbench {} --help` says what it takes.", option, name);
  const auto& examples = std::ranges::find(kCommands, name, &Command::name)->examples;
  return examples.front().empty()
             ? problem
             : fmt::format("{}, as in `ipcbench {} {}`.", problem, name, examples.front());
}

std::string examples_text(const Command& command) {
  std::string text = "Examples:";
  for (const std::string_view example : command.examples) {
    text += fmt::format("\n  ipcbench {}{}{}", command.name, example.empty() ? "" : " ", example);
  }
  return text;
}

CommandAction add_command(CLI::App& app, const Command& command) {
  CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
  if (command.hidden) sub->group("");
  CommandAction action = command.declare(*sub);
  refuse_empty_values(*sub);
  if (command.hidden) return action;
  const std::string footer = sub->get_footer();
  sub->footer(fmt::format("{}{}{}", examples_text(command), footer.empty() ? "" : "\n\n", footer));
  return action;
}

// The command that was parsed.
Outcome run_command(const CLI::App& app, const Actions& actions, const Invocation& invocation) {
  const std::string name = app.get_subcommands().front()->get_name();
  const auto* const command = std::ranges::find(kCommands, name, &Command::name);
  const bool behind_dashes = std::ranges::find(invocation.arguments, "--") != invocation.arguments.end();
  if (behind_dashes && !command->takes_benchmark_flags) {
    throw UsageError(fmt::format("--: `ipcbench {}` takes nothing after it.", name));
  }
  return actions.at(name)(invocation);
}

Outcome parse_and_run(const Invocation& invocation) {
  CLI::App app;
  const Actions actions = declare_program(app);
  std::vector<std::string> arguments = invocation.arguments;  // what is left of them; a report has them all
  load_plugins(arguments);
  if (arguments.size() < 2) {
    say(app.help());
    return Outcome::refused;
  }
  try {
    check_command_name(arguments);
    app.parse(parser_arguments(arguments));
  } catch (const CLI::CallForHelp&) {
    const auto subs = app.get_subcommands();
    print(subs.empty() ? app.help() : subs.front()->help("ipcbench"));
    return Outcome::success;
  } catch (const CLI::CallForVersion& version) {
    print(fmt::format("{}\n", version.what()));
    return Outcome::success;
  } catch (const CLI::ExtrasError&) {
    throw UsageError(unknown_argument(app));
  } catch (const CLI::RequiredError& error) {
    throw UsageError(missing_argument(app, error.what()));
  } catch (const CLI::ArgumentMismatch& error) {
    throw UsageError(missing_argument(app, error.what()));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  return run_command(app, actions, invocation);
}

}  // namespace

Actions declare_program(CLI::App& app) {
  app.name("ipcbench");
  app.description("Measures every way in which two processes on one Linux machine can communicate.");
  app.set_version_flag("--version", "ipcbench " IPCBENCH_VERSION);
  app.require_subcommand(1);
  app.add_option_function<std::vector<std::string>>(
         std::string(kPluginOption), [](const std::vector<std::string>& /*load_plugins() has read them*/) {},
         "Load transports from a shared object (ipcbench_plugin.h); may stand anywhere and repeatedly")
      ->type_name("FILE");
  Actions actions;
  for (const Command& command : kCommands) {
    actions.emplace(command.name, add_command(app, command));
  }
  app.footer(exit_codes_help());  // in the end, since commands inherit it
  return actions;
}

int run_program(int argc, const char* const* argv, const char* share) {
  occupy_standard_streams();
  ignore_signals_of_writing();
  CallLimit::set_exit_code(exit_code(Outcome::measurement_failed));
  try {
    return exit_code(parse_and_run(split_arguments(argc, argv, share)));
  } catch (const OutputClosed&) {
    return exit_code_of_signal(SIGPIPE);
  } catch (const std::exception& error) {
    say(explain(error, {argv, argv + argc}));
    return exit_code(outcome_of(error));
  }
}

int whole_program(int argc, char** argv, const char* share) {
  if (const auto code = run_if_worker(argc, argv)) return *code;
  return run_program(argc, argv, share);
}

}  // namespace ipcbench
