// ipcbench run: measures the selected cells and writes a report.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "bench/benchmark_driver.hpp"
#include "bench/command.hpp"
#include "bench/console.hpp"
#include "bench/exit_code.hpp"
#include "bench/interrupt.hpp"
#include "bench/report_target.hpp"
#include "bench/run_arguments.hpp"
#include "bench/session.hpp"
#include "results/report_json.hpp"
#include "results/table.hpp"

namespace ipcbench {
namespace {

std::vector<std::string> names_of(const std::vector<Cell>& cells) {
  std::vector<std::string> names;
  names.reserve(cells.size());
  for (const Cell& cell : cells) names.push_back(cell_name(cell));
  return names;
}

// The selected cells, as far as Google Benchmark's filter lets them through.
std::vector<Cell> filtered(const std::vector<Cell>& cells) {
  std::map<std::string, const Cell*> by_name;
  for (const Cell& cell : cells) by_name.emplace(cell_name(cell), &cell);
  std::vector<Cell> kept;
  for (const std::string& name : filtered_by_library(names_of(cells))) kept.push_back(*by_name.at(name));
  if (kept.empty()) throw UsageError("--benchmark_filter: matches none of the selected cells.");
  return kept;
}

std::string lines(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + '\n';
  return text;
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

SessionOptions session_options(const RunRequest& request, const Invocation& invocation) {
  SessionOptions options;
  options.profile = std::string(request.profile.name);
  options.command = invocation.arguments;
  options.program = invocation.program;
  options.rounds.launches = request.profile.launches;
  options.rounds.phases = {request.profile.warm_up, request.profile.timed};
  options.rounds.time_limit = request.time_limit;
  options.rounds.budget = request.profile.budget;
  options.rounds.add_launches = request.add_launches;
  options.rounds.seed = request.seed;
  options.rounds.interrupted = InterruptWatch::flag();
  return options;
}

// Before anything is measured: now is the time to do something about them. The table has them again.
void say_doubts(const Report& report) {
  for (const Doubt& doubt : report.doubts) {
    if (doubt.level == Doubt::Level::info) continue;
    const bool invalid = doubt.level == Doubt::Level::invalid;
    say(fmt::format("{}: {} {}", name_of(doubt.level), doubt.what, doubt.advice),
        invalid ? Emphasis::error : Emphasis::warning);
  }
}

// On standard error, where it is seen even if standard output goes to a file.
void say_shortcomings(const Report& report) {
  if (!report.session.complete) say(report.session.note, Emphasis::warning);
  if (report.failed.empty()) return;
  say(fmt::format("Failed launches: {}; the first, {}: {}", report.failed.size(), report.failed.front().cell,
                  report.failed.front().reason),
      Emphasis::error);
}

int measure(const Plan& plan, const RunRequest& request, const BenchmarkFlags& flags,
            const Invocation& invocation) {
  const std::filesystem::path out = report_target(request.out);
  const SessionOptions options = session_options(request, invocation);
  const InterruptWatch watch;
  Report report = begin_report(plan, options);
  say_doubts(report);
  Progress progress = Progress::on_standard_error(request.quiet);
  run_session(report, plan, options, progress);
  write_report(report, out);
  progress.clear();
  say_shortcomings(report);
  print(flags.json_on_stdout ? to_json(report)
                             : fmt::format("{}\nReport: {}\n", summary_table(report), out.string()));
  if (InterruptWatch::signal() != 0) return exit_code_of_signal(InterruptWatch::signal());
  return report.failed.empty() ? kSuccess : kMeasurementFailed;
}

int run(const RunArguments& arguments, const Invocation& invocation) {
  const BenchmarkFlags flags = parse_benchmark_flags(invocation.benchmark_flags);
  if (flags.help) {
    print(benchmark_flags_help());
    return kSuccess;
  }
  const RunRequest request = interpret(arguments, flags);
  initialise_benchmark_library(flags.for_library);
  const std::vector<Placement> placements = find_placements();
  const auto cells = filtered(select_cells(request.profile, request.selection, mechanisms(), placements));
  if (request.list_cells) {
    print(lines(flags.list_tests ? benchmark_names(names_of(cells)) : names_of(cells)));
    return kSuccess;
  }
  return measure(plan_for(cells, placements), request, flags, invocation);
}

CommandAction declare_run(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  declare_run_arguments(app, *arguments);
  return [arguments](const Invocation& invocation) { return run(*arguments, invocation); };
}

}  // namespace

const Command kRunCommand{.name = "run",
                          .summary = "Measure the selected cells and write a report",
                          .declare = declare_run,
                          .takes_benchmark_flags = true};

}  // namespace ipcbench
