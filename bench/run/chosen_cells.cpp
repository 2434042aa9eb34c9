#include "bench/run/chosen_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "bench/cli/arguments.hpp"
#include "bench/cli/pattern.hpp"
#include "bench/run/mechanism_groups.hpp"

namespace ipcbench {

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

ChosenCells::ChosenCells(const AxisTexts& axes, const std::string& filter,
                         std::span<const MechanismInfo> among)
    : all_(filter.empty()), filter_(compile_pattern("--filter", filter.empty() ? "." : filter)) {
  for (const CellAxis* axis : named_axes()) {
    const auto given = axes.find(axis->name);
    if (given == axes.end() || given->second.empty()) continue;
    all_ = false;
    wanted_[axis] = axis->name == "mechanism" ? parse_mechanisms("--mechanism", given->second, among)
                                              : parse_axis(*axis, given->second);
  }
}

bool ChosenCells::has(const Cell& cell, const std::string& name) const {
  const auto is_wanted = [&](const auto& entry) {
    const auto& [axis, values] = entry;
    return has_axis(*axis, cell) && std::ranges::find(values, axis->text(cell)) != values.end();
  };
  return std::ranges::all_of(wanted_, is_wanted) && std::regex_search(name, filter_);
}

bool ChosenCells::has(const std::string& name) const {
  try {
    return has(cell_named(name), name);
  } catch (const std::invalid_argument&) {
    return std::regex_search(name, filter_);
  }
}

std::vector<MechanismInfo> measured_mechanisms(const Report& report) {
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

Report chosen_part(Report report, const ChosenCells& chosen, const std::string& file) {
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
    std::erase_if(*omissions, [&](const Omission& each) { return !chosen.has(each.cell); });
  report.session.repeated_launches.reset();  // nobody knows of which cells they were
  return report;
}

}  // namespace ipcbench
