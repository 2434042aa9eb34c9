#include "bench/run/repeated_run.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "bench/run/paced_phase.hpp"
#include "bench/run/run_arguments.hpp"

namespace ipcbench {
namespace {

using Command = std::vector<std::string>;

[[noreturn]] void refuse_to_repeat(const std::string& why) {
  throw UsageError(fmt::format("the report does not say how long its phases were: {}", why),
                   "measure its cells with `ipcbench run`, and compare the two with `ipcbench reproduce "
                   "REPORT --with NEW`");
}

// What `ipcbench run` was given, without what chose the cells and judged them.
RunArguments arguments_given(const Command& command) {
  const bool is_run = command.size() > 1 && command[1] == "run";
  if (!is_run) refuse_to_repeat("it is not one of `ipcbench run`");
  CLI::App app;
  RunArguments arguments;
  bool all = false;
  declare_run_arguments(app, arguments);
  declare_run_only(app, arguments);
  app.add_flag("--all", all);
  Command words(command.begin() + 2, std::ranges::find(command, "--"));
  std::ranges::reverse(words);  // as CLI11 wants them
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    refuse_to_repeat(fmt::format("this program does not understand its command line ({})", error.what()));
  }
  arguments.axes.clear();
  arguments.param.clear();
  arguments.filter.clear();
  arguments.threshold.clear();
  return arguments;
}

RoundsOptions rounds_given(const Session& session, std::size_t cells) {
  const Command& command = session.command;
  const auto dashes = std::ranges::find(command, "--");
  const Command flags(dashes == command.end() ? dashes : dashes + 1, command.end());
  const RunRequest request = interpret(arguments_given(command), parse_benchmark_flags(flags));
  RoundsOptions rounds = request.session.rounds;
  if (request.lengthens_paced) rounds.longest_timed = longest_timed(rounds, cells);
  return rounds;
}

RoundsOptions rounds_of(const RunSettings& settings) {
  RoundsOptions rounds;
  rounds.phases = {settings.warm_up, settings.timed};
  rounds.longest_timed = settings.longest_timed;
  rounds.time_limit = settings.warm_up + settings.timed + std::chrono::seconds(10);
  rounds.budget = settings.budget;
  rounds.add_launches = settings.adds_launches;
  return rounds;
}

}  // namespace

std::vector<Cell> in_order_of_plan(const std::vector<Cell>& launched, std::uint64_t seed) {
  std::vector<Cell> planned(launched.size());
  const std::vector<std::size_t> order = round_order(launched.size(), seed, 0);
  for (std::size_t i = 0; i < launched.size(); ++i) planned[order[i]] = launched[i];
  return planned;
}

RepeatedRun repeated_run(const Report& report, std::optional<std::uint32_t> launches) {
  const Session& session = report.session;
  std::vector<Cell> launched;
  launched.reserve(report.cells.size());
  for (const ReportCell& cell : report.cells) launched.push_back(cell.cell);
  RepeatedRun run{.cells = in_order_of_plan(launched, session.seed), .session = {}};
  RoundsOptions& rounds = run.session.rounds;
  rounds = session.settings ? rounds_of(*session.settings) : rounds_given(session, launched.size());
  rounds.counts = false;
  rounds.seed = session.seed;
  rounds.launches = launches.value_or(session.planned_launches);
  if (launches) {
    rounds.budget.reset();
    rounds.add_launches = false;
  }
  run.session.profile = session.profile;
  return run;
}

}  // namespace ipcbench
