// ipcbench run: measures the selected cells and writes a report.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "bench/cli/baselines.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/commands/measuring.hpp"
#include "bench/run/benchmark_driver.hpp"
#include "bench/run/dry_run.hpp"
#include "bench/run/free_core.hpp"
#include "bench/run/job.hpp"
#include "bench/run/journalled_run.hpp"
#include "bench/run/launchers.hpp"
#include "bench/run/paced_phase.hpp"
#include "bench/run/run_arguments.hpp"
#include "bench/run/run_screen.hpp"
#include "bench/run/session.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/report/report_json.hpp"
#include "results/summary/table.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_of(const std::vector<Cell>& cells) {
  std::vector<std::string> names;
  names.reserve(cells.size());
  for (const Cell& cell : cells) names.push_back(cell_name(cell));
  return names;
}

// The cells that pass Google Benchmark's filter.
std::vector<Cell> filtered(std::vector<Cell> cells) {
  const std::vector<std::string> names = filtered_by_library(names_of(cells));
  const std::set<std::string> kept(names.begin(), names.end());
  std::erase_if(cells, [&](const Cell& cell) { return !kept.contains(cell_name(cell)); });
  if (cells.empty()) throw UsageError("--benchmark_filter: matches none of the selected cells.");
  return cells;
}

// What the run prints in the end.
enum class Showing { overview, all, json };

// If the reader has gone, nothing is lost: the report has everything.
void show(const JournalledRun& run, Showing showing) {
  const TextStyle style = output_style();
  try {
    if (showing == Showing::json) return print(to_json(run.report));
    if (showing == Showing::overview) return print_coloured(run_screen(run.report, run.out, style));
    print(summary_table(run.report, style.columns) + '\n' + pointers(run.out));
  } catch (const OutputClosed&) {
    return;
  }
}

// What a run leaves behind besides its report.
struct Keeping {
  std::string name;                 // --save-as; empty: nothing
  std::filesystem::path file = {};  // of that name
};

// Checks the name, and creates its folder, before anything is measured.
Keeping keeping_as(const std::string& name) {
  if (name.empty()) return {};
  Keeping keeping{name, baseline_file(name)};
  std::error_code error;
  std::filesystem::create_directories(keeping.file.parent_path(), error);
  if (!error) return keeping;
  throw UsageError(fmt::format("--save-as: cannot create the folder {}: {}.",
                               keeping.file.parent_path().string(), error.message()));
}

// An unfinished report is no base of a comparison, and leaves an earlier one alone.
void keep(const Report& report, const Keeping& keeping) {
  if (keeping.name.empty()) return;
  if (!report.session.complete || !report.failed.empty()) {
    return say(fmt::format("Not saved as {}: launches are missing.", keeping.name), Emphasis::warning);
  }
  std::error_code error;
  const bool replaces = std::filesystem::exists(keeping.file, error);
  write_report(report, keeping.file);
  say(fmt::format("Saved as {}{}: {}", keeping.name, replaces ? ", replacing the earlier one" : "",
                  keeping.file.string()));
}

// What comes after the measurement.
struct Ending {
  bool quiet = false;
  Showing showing = Showing::overview;
  bool keeps_file = true;  // false: --out -
  Keeping keeping = {};
  std::string unprobed = {};  // why the report lacks what the mechanisms guarantee; empty: it does not
};

// Says on standard output what the thresholds decide, or on standard error beside JSON.
Outcome conclude(const JournalledRun& run, const Ending& ending) {
  const std::vector<Judgement> judgements = judge(run.report, run.thresholds);
  if (!judgements.empty()) {
    const std::string text = judgements_text(judgements);
    ending.showing == Showing::json ? say(std::string_view(text).substr(0, text.size() - 1))
                                    : print("\n" + text);
  }
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  const auto any = [&](Judgement::State state) {
    return std::ranges::find(judgements, state, &Judgement::state) != judgements.end();
  };
  if (any(Judgement::State::missed)) return Outcome::regressed;
  if (!run.report.failed.empty()) return Outcome::measurement_failed;
  return any(Judgement::State::unknown) ? Outcome::too_weak : Outcome::success;
}

Outcome finish(JournalledRun run, const Ending& ending) {
  say_doubts(run.report);
  Progress progress = Progress::on_standard_error(ending.quiet);
  const bool ended = measure(run, progress);
  progress.clear();
  say_shortcomings(run.report);
  if (!ending.unprobed.empty()) {
    say(fmt::format("The report does not say what the mechanisms guarantee: {}", ending.unprobed),
        Emphasis::warning);
  }
  if (InterruptWatch::signal() == SIGXCPU) say("The limit on CPU time ended the run; raise ulimit -t.");
  if (!ended) {
    const std::string& name = ending.keeping.name;
    say(fmt::format("Continue it: ipcbench run --resume {}{}", run.journal.path().string(),
                    name.empty() ? "" : " --save-as " + name));
  }
  keep(run.report, ending.keeping);
  show(run, ending.showing);
  const Outcome outcome = conclude(run, ending);
  if (!ending.keeps_file && ended) fs::remove(run.out);
  return outcome;
}

// A finished run is no mistake: a script may resume until there is nothing left to do.
std::optional<Outcome> nothing_to_resume(const std::string& file) {
  const std::optional<Report> report = report_without_journal(file);
  if (!report) return std::nullopt;
  if (!report->session.complete) {
    throw UsageError(
        fmt::format("--resume: {} is the report of an unfinished run, whose journal is gone", file),
        "measure again with --force");
  }
  say(fmt::format("{} is complete: {} of {}. There is nothing to resume.", file,
                  counted(report->cells.launches(), "launch"), counted(report->cells.size(), "cell")));
  return Outcome::success;
}

struct RunCommand {
  RunArguments arguments;
  std::string job;      // a file; empty: none
  std::string journal;  // --resume; empty: a new run
  bool all = false;     // --all
};

Showing showing_of(const RunCommand& command, bool json) {
  if (json) return Showing::json;
  return command.all ? Showing::all : Showing::overview;
}

// The job's options, below those of the command line.
RunJob job_of(const RunCommand& command) { return command.job.empty() ? RunJob{} : read_job(command.job); }

// --resume takes nothing that decides what is measured. A job and thresholds say how it is judged; without
// any, those of the beginning count.
void check_resumed(const RunCommand& command, const Invocation& invocation) {
  RunArguments deciding = command.arguments;
  deciding.threshold.clear();
  std::vector<std::string> given = command_line(deciding);
  if (deciding.list_cells) given.emplace_back("--list-cells");
  if (deciding.dry_run) given.emplace_back("--dry-run");
  if (!invocation.benchmark_flags.empty()) given.emplace_back("what follows \"--\"");
  if (deciding.count) {
    throw UsageError(fmt::format("--resume: {} says whether it counts; drop --count.", command.journal));
  }
  if (given.empty()) return;
  throw UsageError(
      fmt::format("--resume: {} says what is measured and how; drop {}.", command.journal, given.front()));
}

// Without a job the thresholds are for every cell of the run.
std::vector<CellsThreshold> thresholds_for_all(const RunRequest& request, const Plan& plan) {
  std::vector<Cell> cells;
  std::set<std::string> names;
  for (const PlannedCell& planned : plan.cells) {
    cells.push_back(planned.cell);
    names.insert(planned.name);
  }
  std::vector<CellsThreshold> thresholds;
  for (const RunThreshold& threshold : request.wanted.front().thresholds) {
    check_threshold(threshold, cells);
    thresholds.push_back({threshold, names});
  }
  return thresholds;
}

Outcome resume(const RunCommand& command, const Invocation& invocation) {
  check_resumed(command, invocation);
  if (const auto outcome = nothing_to_resume(command.journal)) return *outcome;
  const RunRequest request = interpret(job_of(command), command.arguments, {});
  const Ending ending{.quiet = command.arguments.quiet,
                      .showing = showing_of(command, command.arguments.json),
                      .keeping = keeping_as(command.arguments.save_as)};
  const RunDirectory directory;
  const InterruptWatch watch;
  initialise_benchmark_library({});
  JournalledRun run = resume_run(command.journal, {.profile = {},
                                                   .command = {},
                                                   .program = invocation.program,
                                                   .rounds = on_free_cores(with_launchers({}))});
  std::vector<CellsThreshold> given = command.job.empty()
                                          ? thresholds_for_all(request, run.plan)
                                          : requested_cells(request, find_placements()).thresholds;
  if (!given.empty()) run.thresholds = std::move(given);
  return finish(std::move(run), ending);
}

Outcome list_cells(const std::vector<Cell>& cells, bool as_benchmarks) {
  const std::vector<std::string> names = names_of(cells);
  print(fmt::format("{}\n", fmt::join(as_benchmarks ? benchmark_names(names) : names, "\n")));
  return Outcome::success;
}

Outcome run(const RunCommand& command, const Invocation& invocation) {
  const BenchmarkFlags flags = parse_benchmark_flags(invocation.benchmark_flags);
  if (flags.help) {
    print(benchmark_flags_help());
    return Outcome::success;
  }
  const RunJob job = job_of(command);
  const RunArguments arguments = overridden(job.common, command.arguments);
  RunRequest request = interpret(job, command.arguments, flags);
  const bool to_output = request.out == "-";
  Ending ending{.quiet = arguments.quiet,
                .showing = showing_of(command, arguments.json || flags.json_on_stdout || to_output),
                .keeps_file = !to_output,
                .keeping = keeping_as(arguments.save_as)};
  request.session.command = invocation.arguments;
  request.session.program = invocation.program;
  initialise_benchmark_library(flags.for_library);
  const std::vector<Placement> placements = find_placements();
  RequestedCells requested = requested_cells(request, placements);
  std::vector<Cell> cells = std::move(requested.cells);
  if (flags.filters) cells = filtered(std::move(cells));
  if (arguments.list_cells || flags.list_tests) return list_cells(cells, flags.list_tests);
  const RunDirectory directory;
  const Plan plan = arguments.dry_run ? make_plan(cells, placements) : plan_for(cells, placements);
  RoundsOptions& rounds = request.session.rounds;
  if (request.lengthens_paced) rounds.longest_timed = longest_timed(rounds, plan.cells.size());
  if (arguments.dry_run) {
    print(arguments.json ? plan_json(plan, rounds) : plan_text(plan, rounds));
    return Outcome::success;
  }
  rounds = on_free_cores(with_launchers(rounds));
  const fs::path out = report_target(to_output ? fs::path() : request.out, arguments.force);
  const InterruptWatch watch;
  request.session.guarantees = guarantees_in(plan, ending.unprobed);
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  return finish(begin_run(plan, request.session, out, std::move(requested.thresholds)), ending);
}

}  // namespace

CommandAction declare_run(CLI::App& app) {
  auto command = std::make_shared<RunCommand>();
  app.add_option("JOB", command->job,
                 "A job file: these options as JSON, and several selections with thresholds of their own")
      ->type_name("");
  declare_run_arguments(app, command->arguments);
  declare_run_only(app, command->arguments);
  app.add_option("--resume", command->journal,
                 "Continue an interrupted run, named by its report or its journal")
      ->type_name("FILE");
  app.add_flag("--all", command->all, "Show all tables in the end instead of one screen");
  app.footer("Arguments after \"--\" are flags of Google Benchmark: `ipcbench run -- --help`.");
  return [command](const Invocation& invocation) {
    return command->journal.empty() ? run(*command, invocation) : resume(*command, invocation);
  };
}

}  // namespace ipcbench
