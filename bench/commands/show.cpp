// ipcbench show: a report on one screen, or all of its tables.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/chosen_cells.hpp"
#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"
#include "results/report/report_json.hpp"
#include "results/summary/overview.hpp"
#include "results/summary/table.hpp"

namespace ipcbench {
namespace {

struct ShowArguments {
  std::string report;
  AxisTexts axes;
  std::string filter;
  bool all = false;
  bool json = false;
};

Outcome show_report(const ShowArguments& arguments) {
  Report whole = read_report(arguments.report);
  const std::size_t cells = whole.cells.size();
  const ChosenCells chosen(arguments.axes, arguments.filter, measured_mechanisms(whole));
  const Report report = chosen_part(std::move(whole), chosen, arguments.report);
  if (arguments.json) {
    print(to_json(report));
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
  app.add_flag("--json", arguments->json, "The report itself, with the selected cells alone");
  app.add_flag("--all", arguments->all, "All tables, with every mechanism, doubt and reason");
  return [arguments](const Invocation&) { return show_report(*arguments); };
}

}  // namespace ipcbench
