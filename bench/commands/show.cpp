// ipcbench show: a report on one screen, or all of its tables.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/pattern.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/mechanism_groups.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/base/printable.hpp"
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

// What is wanted of each axis that was named.
using Wanted = std::map<const CellAxis*, std::vector<std::string>>;

// Those that were measured, described or not.
std::vector<MechanismInfo> mechanisms_of(const Report& report) {
  std::vector<MechanismInfo> mechanisms;
  for (const ReportCell& cell : report.cells) {
    const std::string& name = cell.cell.mechanism;
    if (find_info(mechanisms, name) != nullptr) continue;
    const MechanismInfo* const described = find_info(report.mechanisms, name);
    if (described != nullptr) {
      mechanisms.push_back(*described);
    } else {
      mechanisms.emplace_back().name = name;
    }
  }
  return mechanisms;
}

Wanted wanted_of(const ShowArguments& arguments, const Report& report) {
  Wanted wanted;
  for (const CellAxis* axis : named_axes()) {
    const auto given = arguments.axes.find(axis->name);
    if (given == arguments.axes.end() || given->second.empty()) continue;
    wanted[axis] = axis->name == "mechanism"
                       ? parse_mechanisms("--mechanism", given->second, mechanisms_of(report))
                       : parse_axis(*axis, given->second);
  }
  return wanted;
}

bool is_wanted(const Cell& cell, const Wanted& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& entry) {
    const auto& [axis, values] = entry;
    return has_axis(*axis, cell) && std::ranges::find(values, axis->text(cell)) != values.end();
  });
}

// The report with the selected cells alone. Of a skipped cell only the name is known, which is enough for the
// filter and the mechanism.
Report selected(Report report, const ShowArguments& arguments) {
  const Wanted wanted = wanted_of(arguments, report);
  if (wanted.empty() && arguments.filter.empty()) return report;
  const std::regex filter = compile_pattern("--filter", arguments.filter.empty() ? "." : arguments.filter);
  ReportCells kept;
  for (const auto& [cell, launch] : report.cells.in_session_order()) {
    if (!is_wanted(cell->cell, wanted) || !std::regex_search(cell->name, filter)) continue;
    kept.add({cell->cell, launch->number, launch->measurement});
  }
  if (kept.empty()) {
    throw UsageError(fmt::format("{}: no measured cell is selected.", arguments.report),
                     "without a selection, --all shows all that there are");
  }
  report.cells = std::move(kept);
  for (auto* omissions : {&report.skipped, &report.failed}) {
    std::erase_if(*omissions, [&](const Omission& each) {
      Cell named;
      named.mechanism = each.cell.substr(0, each.cell.find('/'));
      const auto mechanism = wanted.find(&axis_named("mechanism"));
      const bool other = mechanism != wanted.end() && !is_wanted(named, {*mechanism});
      return other || !std::regex_search(each.cell, filter);
    });
  }
  return report;
}

Outcome show_report(const ShowArguments& arguments) {
  const Report report = selected(read_report(arguments.report), arguments);
  if (arguments.json) {
    print(to_json(report));
    return Outcome::success;
  }
  const TextStyle style = output_style();
  // The text is made printable before it is coloured: reports come from elsewhere.
  print_coloured(arguments.all ? printable_text(summary_table(report, style.columns))
                               : overview(report, style));
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
