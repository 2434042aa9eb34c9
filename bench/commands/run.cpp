// ipcbench run: measures the selected cells and writes a report.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <set>

#include "bench/cli/baselines.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/benchmark_driver.hpp"
#include "bench/run/journalled_run.hpp"
#include "bench/run/launchers.hpp"
#include "bench/run/paced_phase.hpp"
#include "bench/run/run_arguments.hpp"
#include "bench/run/session.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/report/report_json.hpp"
#include "results/summary/table.hpp"

namespace ipcbench {
namespace {

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

Plan plan_for(const std::vector<Cell>& cells, const std::vector<Placement>& placements) {
  Plan plan = make_plan(cells, placements);
  if (plan.cells.empty()) {
    throw UsageError(fmt::format("None of the {} selected cells can be measured here; the first, {}: {}.",
                                 plan.skipped.size(), plan.skipped.front().cell,
                                 plan.skipped.front().reason));
  }
  return plan;
}

// Printed before the measurement, when the user can still act on them. The table repeats them.
void say_doubts(const Report& report) {
  for (const Doubt& doubt : report.doubts) {
    if (doubt.level == Doubt::Level::info) continue;
    const bool invalid = doubt.level == Doubt::Level::invalid;
    say(fmt::format("{}: {} {}", name_of(doubt.level), doubt.what, doubt.advice),
        invalid ? Emphasis::error : Emphasis::warning);
  }
}

// On standard error, visible even if standard output goes to a file.
void say_shortcomings(const Report& report) {
  if (!report.session.complete) say(report.session.note, Emphasis::warning);
  if (report.failed.empty()) return;
  say(fmt::format("Failed launches: {}; the first, {}: {}", report.failed.size(), report.failed.front().cell,
                  report.failed.front().reason),
      Emphasis::error);
}

// If the reader has gone, nothing is lost: the report has everything.
void show(const JournalledRun& run, bool json) {
  try {
    print(json ? to_json(run.report)
               : fmt::format("{}\nReport: {}\n", summary_table(run.report), run.out.string()));
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

Outcome finish(JournalledRun run, bool quiet, bool json, const Keeping& keeping) {
  say_doubts(run.report);
  Progress progress = Progress::on_standard_error(quiet);
  const bool ended = measure(run, progress);
  progress.clear();
  say_shortcomings(run.report);
  if (InterruptWatch::signal() == SIGXCPU) say("The limit on CPU time ended the run; raise ulimit -t.");
  if (!ended) say(fmt::format("Continue it: ipcbench run --resume {}", run.journal.path().string()));
  keep(run.report, keeping);
  show(run, json);
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  return run.report.failed.empty() ? Outcome::success : Outcome::measurement_failed;
}

// Before the first launch, outside the budget. A report without them is better than none.
std::map<std::string, Guarantees> guarantees_in(const Plan& plan) {
  std::set<std::string> planned;
  for (const PlannedCell& each : plan.cells) planned.insert(each.cell.mechanism);
  const auto entries = mechanisms_named({planned.begin(), planned.end()});
  try {
    return guarantees_of(probe_mechanisms(entries, {.interrupted = InterruptWatch::flag()}));
  } catch (const std::exception& error) {
    say(fmt::format("The report will not say what the mechanisms guarantee: {}", error.what()),
        Emphasis::warning);
    return {};
  }
}

Outcome resume(const std::string& file, const RunArguments& arguments, bool counts, const Keeping& keeping,
               const Invocation& invocation) {
  if (counts) throw UsageError(fmt::format("--resume: {} says whether it counts; drop --count.", file));
  if (const auto given = command_line(arguments); !given.empty() || !invocation.benchmark_flags.empty()) {
    throw UsageError(fmt::format("--resume: {} says what is measured and how; drop {}.", file,
                                 given.empty() ? "what follows \"--\"" : given.front()));
  }
  const RunDirectory directory;
  const InterruptWatch watch;
  initialise_benchmark_library({});
  return finish(
      resume_run(file,
                 {.profile = {}, .command = {}, .program = invocation.program, .rounds = with_launchers({})}),
      arguments.quiet, false, keeping);
}

Outcome run(const RunArguments& arguments, bool counts, const Keeping& keeping,
            const Invocation& invocation) {
  const BenchmarkFlags flags = parse_benchmark_flags(invocation.benchmark_flags);
  if (flags.help) {
    print(benchmark_flags_help());
    return Outcome::success;
  }
  RunRequest request = interpret(arguments, flags);
  request.session.command = invocation.arguments;
  request.session.program = invocation.program;
  request.session.rounds.counts = counts;
  initialise_benchmark_library(flags.for_library);
  const std::vector<Placement> placements = find_placements();
  std::vector<Cell> cells = select_cells(request.profile, request.selection, mechanisms(), placements);
  if (flags.filters) cells = filtered(std::move(cells));
  if (arguments.list_cells || flags.list_tests) {
    const std::vector<std::string> names = names_of(cells);
    print(fmt::format("{}\n", fmt::join(flags.list_tests ? benchmark_names(names) : names, "\n")));
    return Outcome::success;
  }
  const RunDirectory directory;
  const Plan plan = plan_for(cells, placements);
  RoundsOptions& rounds = request.session.rounds;
  if (request.lengthens_paced) rounds.longest_timed = longest_timed(rounds, plan.cells.size());
  rounds = with_launchers(rounds);
  const std::filesystem::path out = report_target(request.out);
  const InterruptWatch watch;
  request.session.guarantees = guarantees_in(plan);
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  return finish(begin_run(plan, request.session, out), arguments.quiet, flags.json_on_stdout, keeping);
}

}  // namespace

CommandAction declare_run(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  auto journal = std::make_shared<std::string>();
  auto counts = std::make_shared<bool>(false);
  auto name = std::make_shared<std::string>();
  declare_run_arguments(app, *arguments);
  app.add_flag(
      "--count", *counts,
      "Launch each cell once more in the end, beyond the budget, and count its system calls, cycles, "
      "instructions and cache misses");
  app.add_option("--resume", *journal, "Continue an interrupted run, named by its report or its journal")
      ->type_name("FILE");
  app.add_option("--save-as", *name,
                 "Also keep the report under a name that `ipcbench compare NAME new.json` knows")
      ->type_name("NAME");
  return [arguments, journal, counts, name](const Invocation& invocation) {
    const Keeping keeping = keeping_as(*name);
    return journal->empty() ? run(*arguments, *counts, keeping, invocation)
                            : resume(*journal, *arguments, *counts, keeping, invocation);
  };
}

}  // namespace ipcbench
