// ipcbench rank: where a report's machine stands among the machines of an index.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/cli/gate_options.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/commands/index_selection.hpp"
#include "results/comparison/class_rank_view.hpp"
#include "results/export/export.hpp"
#include "results/index/class_members.hpp"

namespace ipcbench {
namespace {

struct RankArguments {
  std::string report;
  IndexSelection selection;
  bool all = false;
  std::string format = "table";
  std::string out;
};

std::string rank_table(const ClassRankView& view, const RankArguments& arguments) {
  return class_rank_text(view, arguments.all, columns_of(arguments.out));
}
std::string rank_json(const ClassRankView& view, const RankArguments& /*arguments*/) {
  return class_rank_json(view);
}

std::string rank_csv(const ClassRankView& view, const RankArguments& /*arguments*/) {
  std::string text = csv_line({"cell", "machines", "rank", "rank_low", "rank_high", "faster_than", "time_ns",
                               "of_best", "of_median", "best_host"});
  for (const Standing& cell : view.rank.standings) {
    text += csv_line({cell.cell, fmt::format("{}", cell.machines), fmt::format("{}", cell.rank.rank),
                      fmt::format("{}", cell.rank.low), fmt::format("{}", cell.rank.high),
                      fmt::format("{}", cell.faster_than), fmt::format("{}", cell.time_ns),
                      fmt::format("{}", cell.of_best), fmt::format("{}", cell.of_median), cell.best});
  }
  return text;
}

struct RankFormat {
  std::string_view name;
  std::string (*write)(const ClassRankView& view, const RankArguments& arguments);
};
constexpr std::array kRankFormats{RankFormat{"table", rank_table}, RankFormat{"json", rank_json},
                                  RankFormat{"csv", rank_csv}};

ClassRankView ranked(const RankArguments& arguments) {
  const IndexSelection& selection = arguments.selection;
  const IndexedReport report = read_for_index(arguments.report, Dash::is_standard_input);
  Index index(selection.database, Index::Access::read);
  const ClassMembers members =
      read_class_members(index, report, chosen_cells(index, selection), selection.sessions);
  const std::vector<std::string>& classes = selection.sessions.classes;
  return {.host = report.host.name,
          .among = classes.empty() ? class_of(report) : fmt::format("{}", fmt::join(classes, ", ")),
          .cells = report.results.size(),
          .invalid = report.invalid,
          .rank = rank_in_class(members)};
}

Outcome rank(const RankArguments& arguments) {
  const RankFormat& format = parse_choice("--format", arguments.format, kRankFormats);
  check_selection(arguments.selection);
  const ClassRankView view = ranked(arguments);
  if (view.rank.standings.empty()) {
    say(fmt::format(
        "ipcbench: {}: no other machine of {} in it has a chosen cell of {}; --class widens, as in "
        "--class 'x86_64/*'",
        arguments.selection.database, view.among, arguments.report));
    return Outcome::incomparable;
  }
  OutputFile(arguments.out).write(format.write(view, arguments));
  return Outcome::success;
}

}  // namespace

CommandAction declare_rank(CLI::App& app) {
  auto arguments = std::make_shared<RankArguments>();
  app.add_option("REPORT", arguments->report,
                 "The report whose machine is ranked; it need not be in the index")
      ->type_name("")
      ->required();
  declare_index_selection(app, arguments->selection);
  app.get_option("--class")->description(
      "Among hosts of this architecture, CPU model and kernel series, as in 'x86_64/AMD*/*' (default: those "
      "of the report); a fourth part is the placement of cells: 'x86_64/*/*/llc'");
  app.get_option("--host")->description(
      "Only among these hosts: names or machine identifiers; * is any text");
  app.add_flag("--all", arguments->all, "Table: each cell instead of families, and the facts of each cell");
  declare_format(app, arguments->format, {"table", "json", "csv"});
  declare_csv(app, arguments->format);
  app.add_option("-o,--out", arguments->out, "Where it goes (default: standard output)")->type_name("FILE");
  return [arguments](const Invocation&) { return rank(*arguments); };
}

}  // namespace ipcbench
