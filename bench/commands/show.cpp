// ipcbench show: a report on one screen, or all of its tables.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/chosen_cells.hpp"
#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"
#include "results/report/report_json.hpp"
#include "results/summary/overview.hpp"
#include "results/summary/standings.hpp"
#include "results/summary/table.hpp"

namespace ipcbench {
namespace {

struct ShowArguments {
  std::string report;
  AxisTexts axes;
  std::string filter;
  bool all = false;
  bool ranking = false;
  std::string format = "text";
};

constexpr std::array<std::string_view, 3> kShowFormats{"text", "markdown", "json"};

std::string ranking_of(const Report& report, bool markdown) {
  const std::string text =
      markdown ? standings_markdown(report) : standings_text(report, output_style().columns);
  if (text.empty())
    throw UsageError("--ranking: no round trip of 64 B, 4 KiB, 64 KiB or 1 MiB is among the selected cells.");
  return text;
}

void check_format(const ShowArguments& arguments) {
  if (std::ranges::find(kShowFormats, arguments.format) == kShowFormats.end())
    throw UsageError(unknown_name("--format", arguments.format, {kShowFormats.begin(), kShowFormats.end()}));
  if (arguments.format == "markdown" && !arguments.ranking)
    throw UsageError("--format markdown: is for the ranking; add --ranking.");
}

Outcome show_report(const ShowArguments& arguments) {
  check_format(arguments);
  Report whole = read_report(arguments.report);
  const std::size_t cells = whole.cells.size();
  const ChosenCells chosen(arguments.axes, arguments.filter, measured_mechanisms(whole));
  const Report report = chosen_part(std::move(whole), chosen, arguments.report);
  if (arguments.format == "json") {
    print(to_json(report));
    return Outcome::success;
  }
  if (arguments.ranking) {
    print(printable_text(ranking_of(report, arguments.format == "markdown")));
    return Outcome::success;
  }
  const TextStyle style = output_style();
  if (!chosen.is_all()) {
    print(wrap_paragraph("",
                         fmt::format("Selected: {} of {}. Warnings and notes are of the whole run.",
                                     report.cells.size(), counted(cells, "cell")),
                         style.columns));
  }
  // The text is made printable before it is coloured: reports come from elsewhere.
  print_coloured(arguments.all ? printable_text(summary_table(report, style.columns))
                               : overview(report, style, kScreenLines - (chosen.is_all() ? 0 : 1)));
  return Outcome::success;
}

}  // namespace

CommandAction declare_show(CLI::App& app) {
  auto arguments = std::make_shared<ShowArguments>();
  app.add_option("REPORT", arguments->report, "A report that `ipcbench run` wrote")->required();
  declare_axes(app, arguments->axes);
  app.add_option("--filter", arguments->filter, "Only cells whose names match")->type_name("REGEX");
  declare_format(app, arguments->format, {kShowFormats.begin(), kShowFormats.end()},
                 "json: the report itself, with the selected cells alone; markdown: the ranking");
  CLI::Option* const all =
      app.add_flag("--all", arguments->all, "All tables, with every mechanism, doubt and reason");
  CLI::Option* const ranking = app.add_flag(
      "--ranking", arguments->ranking,
      "All mechanisms side by side: round trips at four sizes, CPUs, what setting up takes, guarantees");
  ranking->excludes(all);
  return [arguments](const Invocation&) { return show_report(*arguments); };
}

}  // namespace ipcbench
