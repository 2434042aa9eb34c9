// ipcbench duet: two programs, or one under two settings, measured in one session and compared block by
// block.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/gate_options.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/duet/blocks.hpp"
#include "bench/duet/duet_program.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/base/units.hpp"
#include "results/report/report_json.hpp"
#include "results/statistics/sign_flips.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBlocks = 1000;
constexpr auto kBudget = std::chrono::minutes(9);
constexpr auto kLongestBudget = std::chrono::hours(24 * 7);

// Texts from the command line, base before new. Empty: not given.
struct DuetArguments {
  RunArguments run;
  std::array<std::string, 2> programs;
  std::array<std::vector<std::string>, 2> environments;
  std::array<std::string, 2> arguments;
  std::string blocks;
  std::string second_blocks;
  GateOptions gate;
};

constexpr std::array<const char*, 2> kPrograms{"--base", "--new"};
constexpr std::array<const char*, 2> kEnvironments{"--base-env", "--new-env"};
constexpr std::array<const char*, 2> kArguments{"--base-args", "--new-args"};

// Options of `run` that mean something else here.
constexpr std::array kOwnMeaning{
    std::pair{"--profile",
              "quick (default), standard or full: the cells and phases, 3 ms and 20 ms in quick"},
    std::pair{"--seed", "Seed for the order of cells and sides (default: random)"},
    std::pair{"--out", "Folder for base.json, new.json and comparison.json"},
    std::pair{"--budget", "Time for everything; a short one allows fewer second blocks (default: 9m)"}};
constexpr const char* kNotHere = "--repetitions";

// Parses --base-args or --new-args.
RunArguments own_arguments(const char* option, const std::string& text) {
  CLI::App app;
  app.set_help_flag("");
  RunArguments own;
  declare_run_arguments(app, own);
  std::vector<std::string> words = split_words(option, text);
  std::ranges::reverse(words);  // as CLI11 wants them
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    throw UsageError(
        fmt::format("{}: '{}': {}; `ipcbench run --help` lists what there is.", option, text, error.what()));
  }
  const bool of_both = !own.repetitions.empty() || !own.seed.empty() || !own.out.empty() ||
                       !own.budget.empty() || own.quiet || own.force;
  if (!of_both) return own;
  throw UsageError(
      fmt::format("{}: --repetitions, --seed, --out, --budget, --quiet and --force are not for one side "
                  "alone.",
                  option));
}

// The arguments of both sides, without the duet's own and with its phases.
RunArguments common_arguments(RunArguments run) {
  run.seed.clear();
  run.out.clear();
  run.budget.clear();
  const bool short_phases = run.profile.empty() || run.profile == "quick";
  if (run.profile.empty()) run.profile = "quick";
  if (short_phases && run.time.empty()) run.time = "20ms";
  if (short_phases && run.warm_up.empty()) run.warm_up = "3ms";
  return run;
}

void check_environment(const char* option, const std::vector<std::string>& environment) {
  for (const std::string& text : environment) {
    if (text.find('=') != std::string::npos && text.front() != '=') continue;
    throw UsageError(fmt::format("{}: '{}' is not NAME=VALUE.", option, text));
  }
}

// A file name may contain blanks.
std::vector<std::string> program_words(const char* option, const std::string& text) {
  std::error_code error;
  if (fs::is_regular_file(text, error)) return {text};
  std::vector<std::string> words = split_words(option, text);
  if (words.empty()) throw UsageError(fmt::format("{}: is empty; name a program.", option));
  return words;
}

ProgramSpec program_of(const DuetArguments& arguments, std::size_t side, const RunArguments& own,
                       const Invocation& invocation) {
  check_environment(kEnvironments[side], arguments.environments[side]);
  const std::size_t naming = arguments.programs[side].empty() ? 0 : side;
  const std::string& named = arguments.programs[naming];
  return {.option = named.empty() ? "" : kPrograms[naming],
          .words = named.empty() ? std::vector{invocation.program.string()}
                                 : program_words(kPrograms[naming], named),
          .environment = arguments.environments[side],
          .arguments = command_line(overridden(common_arguments(arguments.run), own))};
}

// A gate that nothing can fail is worse than none.
void check_that_it_can_fail(const GateSettings& settings) {
  constexpr std::size_t kFewestBlocks = 6;  // for an interval, and for a cell to look slower
  if (settings.first_blocks < kFewestBlocks) {
    throw UsageError(
        fmt::format("--blocks: with {} no cell can look slower, so --gate cannot fail; give {} "
                    "at least.",
                    counted(settings.first_blocks, "block"), kFewestBlocks));
  }
  const std::size_t needed = std::max(blocks_to_decide(1, settings.cell_alpha), kFewestBlocks);
  if (settings.second_blocks >= needed) return;
  throw UsageError(
      fmt::format("--second-blocks: {} fresh blocks show no slowdown, however large, at a rate of false "
                  "alarms of {}, so --gate cannot fail; give {} at least.",
                  settings.second_blocks, settings.cell_alpha, needed));
}

GateSettings settings_of(const DuetArguments& arguments) {
  GateSettings settings = settings_of(arguments.gate);
  if (!arguments.blocks.empty()) {
    settings.first_blocks =
        static_cast<std::uint32_t>(parse_number("--blocks", arguments.blocks, 1, kMostBlocks));
  }
  if (!arguments.second_blocks.empty()) {
    settings.second_blocks =
        static_cast<std::uint32_t>(parse_number("--second-blocks", arguments.second_blocks, 0, kMostBlocks));
    settings.most_second_blocks = settings.second_blocks;
  }
  if (arguments.gate.gate) check_that_it_can_fail(settings);
  return settings;
}

DuetOptions options_of(const DuetArguments& arguments, const Invocation& invocation) {
  DuetOptions options;
  options.settings = settings_of(arguments);
  options.seed = parse_seed("--seed", arguments.run.seed);
  options.budget = arguments.run.budget.empty() ? kBudget
                                                : parse_time("--budget", arguments.run.budget,
                                                             std::chrono::seconds(1), kLongestBudget);
  options.command = invocation.arguments;
  for (const std::size_t side : {0U, 1U}) {
    options.own[side] = own_arguments(kArguments[side], arguments.arguments[side]);
  }
  return options;
}

// Creates the folder and checks that reports can be written, before anything is measured.
void prepare_folder(const std::string& folder, bool replaces) {
  if (folder.empty()) return;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw UsageError(fmt::format("--out: cannot create the folder {}: {}.", folder, error.message()));
  }
  report_target(fs::path(folder) / "base.json", replaces);
  report_target(fs::path(folder) / "new.json", replaces);
}

void write_reports(const DuetResult& result, const std::string& folder) {
  if (folder.empty() || result.reports[0].version.empty()) return;  // no version: nothing was begun
  write_report(result.reports[0], fs::path(folder) / "base.json");
  write_report(result.reports[1], fs::path(folder) / "new.json");
}

void say_failures(const DuetResult& result) {
  for (const std::size_t side : {0U, 1U}) {
    const std::vector<Omission>& failed = result.reports[side].failed;
    if (failed.empty()) continue;
    say(fmt::format("Failed launches of {}: {}; the first, {}: {}", kPrograms[side] + 2, failed.size(),
                    failed.front().cell, failed.front().reason),
        Emphasis::error);
  }
}

// Prints the comparison and lets the gate decide.
Outcome conclude(const DuetResult& result, const DuetOptions& options, const DuetArguments& arguments) {
  const auto samples = duet_samples(result);
  const Comparison comparison = compare(samples[0], samples[1], options.settings, {});
  show(comparison, arguments.gate, "", false);
  if (!arguments.run.out.empty()) {
    OutputFile((fs::path(arguments.run.out) / "comparison.json").string())
        .write(comparison_json(comparison, {}));
  }
  return outcome_of(comparison, arguments.gate);
}

Outcome compare_programs(const DuetArguments& arguments, const Invocation& invocation) {
  find_format(arguments.gate);
  const DuetOptions options = options_of(arguments, invocation);
  std::array<StartProgram, 2> start;
  for (const std::size_t side : {0U, 1U}) {
    start[side] = [program = program_of(arguments, side, options.own[side], invocation)] {
      return start_program(program, {});
    };
  }
  prepare_folder(arguments.run.out, arguments.run.force);
  const InterruptWatch watch;
  Progress progress = Progress::on_standard_error(arguments.run.quiet);
  const DuetResult result = run_duet(start, options, progress);
  progress.clear();
  write_reports(result, arguments.run.out);
  say_failures(result);
  if (InterruptWatch::signal() != 0) {
    say(result.reports[0].session.note, Emphasis::warning);
    return Outcome::interrupted;
  }
  if (!result.error.empty()) throw DuetError(result.error);
  if (result.reports[0].cells.empty() || result.reports[1].cells.empty()) return Outcome::measurement_failed;
  const Outcome outcome = conclude(result, options, arguments);
  const bool failed = !failures_are_few(result, options.settings);
  return outcome == Outcome::success && failed ? Outcome::measurement_failed : outcome;
}

void declare_sides(CLI::App& app, DuetArguments& arguments) {
  constexpr const char* kSides = "The two sides (PROGRAM: a file, or a command with arguments)";
  const auto declare = [&](const char* name, auto& value, const char* type, const char* help) {
    app.add_option(name, value, help)->type_name(type)->allow_extra_args(false)->group(kSides);
  };
  declare("--base", arguments.programs[0], "PROGRAM", "The program to compare with (default: this program)");
  declare("--new", arguments.programs[1], "PROGRAM",
          "The program that may be slower (default: the same as --base)");
  for (const std::size_t side : {0U, 1U}) {
    declare(kEnvironments[side], arguments.environments[side], "NAME=VALUE",
            "Variable for this side alone; repeatable");
  }
  for (const std::size_t side : {0U, 1U}) {
    declare(kArguments[side], arguments.arguments[side], "\"ARGS\"",
            "Arguments for this side alone, such as \"--wait spin\"");
  }
}

void declare_decision(CLI::App& app, DuetArguments& arguments) {
  app.add_option("--blocks", arguments.blocks, "Blocks over all cells (default: 10)")->type_name("N");
  app.add_option(
         "--second-blocks", arguments.second_blocks,
         "More blocks over the cells that look slower (default: as many as their noise calls for, up to 300)")
      ->type_name("N");
  declare_gate_options(app, arguments.gate);
}

}  // namespace

CommandAction declare_duet(CLI::App& app) {
  auto arguments = std::make_shared<DuetArguments>();
  declare_sides(app, *arguments);
  declare_run_arguments(app, arguments->run);
  app.remove_option(app.get_option(kNotHere));
  for (const auto& [option, meaning] : kOwnMeaning) app.get_option(option)->description(meaning);
  app.get_option("--out")->type_name("DIR");
  declare_decision(app, *arguments);
  app.footer(
      "Every block starts both programs afresh and runs every cell once with each, side by side, in random\n"
      "order. Cells match if their names do, apart from what --base-args and --new-args set.");
  return [arguments](const Invocation& invocation) { return compare_programs(*arguments, invocation); };
}

}  // namespace ipcbench
