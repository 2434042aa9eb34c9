// ipcbench show: a report on one screen, or all of its tables.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/pattern.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/mechanism_groups.hpp"
#include "bench/run/run_arguments.hpp"
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

// The reverse of cell_name(). What no program here would write stays as the default.
Cell cell_named(const std::string& name) {
  Cell cell;
  std::istringstream parts(name);
  std::string part;
  for (const char* const bare : {"mechanism", "pattern"}) {
    if (std::getline(parts, part, '/')) axis_named(bare).assign(cell, part);
  }
  while (std::getline(parts, part, '/')) {
    const std::size_t colon = part.find(':');
    const auto axis = std::ranges::find(kCellAxes, part.substr(0, colon), &CellAxis::name);
    if (colon != std::string::npos && axis != kCellAxes.end()) axis->assign(cell, part.substr(colon + 1));
  }
  return cell;
}

class Chosen {
 public:
  Chosen(const ShowArguments& arguments, const Report& report)
      : wanted_(wanted_of(arguments, report)),
        all_(wanted_.empty() && arguments.filter.empty()),
        filter_(compile_pattern("--filter", arguments.filter.empty() ? "." : arguments.filter)) {}

  [[nodiscard]] bool is_all() const { return all_; }
  [[nodiscard]] bool has(const Cell& cell, const std::string& name) const {
    return is_wanted(cell, wanted_) && std::regex_search(name, filter_);
  }
  // Of these only the name is known. Those of other programs may have other axes.
  [[nodiscard]] bool has(const Omission& omission) const {
    try {
      return has(cell_named(omission.cell), omission.cell);
    } catch (const std::invalid_argument&) {
      return std::regex_search(omission.cell, filter_);
    }
  }

 private:
  Wanted wanted_;
  bool all_;
  std::regex filter_;
};

// The report with the selected cells alone. What is said of the whole run, such as its warnings, stays.
Report selected(Report report, const Chosen& chosen, const std::string& file) {
  if (chosen.is_all()) return report;
  ReportCells kept;
  for (const auto& [cell, launch] : report.cells.in_session_order()) {
    if (chosen.has(cell->cell, cell->name)) kept.add({cell->cell, launch->number, launch->measurement});
  }
  if (kept.empty()) {
    throw UsageError(fmt::format("{}: no measured cell is selected.", file),
                     "without a selection, --all shows all that there are");
  }
  report.cells = std::move(kept);
  for (auto* omissions : {&report.skipped, &report.failed})
    std::erase_if(*omissions, [&](const Omission& each) { return !chosen.has(each); });
  report.session.repeated_launches.reset();  // nobody knows of which cells they were
  return report;
}

Outcome show_report(const ShowArguments& arguments) {
  Report whole = read_report(arguments.report);
  const std::size_t cells = whole.cells.size();
  const Chosen chosen(arguments, whole);
  const Report report = selected(std::move(whole), chosen, arguments.report);
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
