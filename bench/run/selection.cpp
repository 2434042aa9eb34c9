#include "bench/run/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "bench/cli/arguments.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

bool has_parameter(const MechanismEntry& entry, std::string_view name) {
  return std::ranges::find(entry.parameters, name, &Parameter::name) != entry.parameters.end();
}

std::vector<const MechanismEntry*> selected_mechanisms(const Selection& selection,
                                                       std::span<const MechanismEntry> mechanisms) {
  std::vector<const MechanismEntry*> selected;
  for (const MechanismEntry& entry : mechanisms) {
    const auto& wanted = selection.mechanisms;
    if (wanted.empty() || std::ranges::find(wanted, entry.traits.name) != wanted.end())
      selected.push_back(&entry);
  }
  return selected;
}

void check_parameters(const Selection& selection, const std::vector<const MechanismEntry*>& selected) {
  std::vector<std::string> known;
  for (const MechanismEntry* entry : selected) {
    for (const Parameter& parameter : entry->parameters) {
      if (std::ranges::find(known, parameter.name) == known.end()) known.emplace_back(parameter.name);
    }
  }
  for (const auto& [name, sweep] : selection.parameters) {
    if (std::ranges::find(known, name) != known.end()) continue;
    if (known.empty())
      throw UsageError(fmt::format("--param: no selected mechanism has parameters, so not '{}'.", name));
    throw UsageError(unknown_name("--param", name, known));
  }
}

// How many settings that are, without making them.
double count_settings(const MechanismEntry& entry, const Selection& selection) {
  double count = 1;
  for (const auto& [name, sweep] : selection.parameters) {
    if (has_parameter(entry, name)) count *= static_cast<double>(sweep.size());
  }
  return count;
}

// A list for each of several axes multiplies; memory would be gone before anything is said.
void check_count(double cells) {
  constexpr double kMostCells = 100'000;
  if (cells <= kMostCells) return;
  throw UsageError(
      fmt::format("The selection has {:.3g} cells, before --filter; select fewer values: at most {:.0f}.",
                  cells, kMostCells));
}

// The product of the sweeps of those parameters that the mechanism has.
std::vector<Settings> settings_of(const MechanismEntry& entry, const Selection& selection) {
  std::vector<Settings> all{{}};
  for (const auto& [name, sweep] : selection.parameters) {
    if (!has_parameter(entry, name)) continue;
    std::vector<Settings> grown;
    for (const Settings& settings : all) {
      for (const auto& value : sweep) {
        grown.push_back(settings);
        if (value) grown.back().emplace(name, *value);
      }
    }
    all = std::move(grown);
  }
  return all;
}

}  // namespace

Rate parse_rate(std::string_view argument, const std::string& text) {
  constexpr std::uint64_t kFastest = 1'000'000'000;
  constexpr std::uint64_t kMostPercent = 1000;  // overload, too, is worth looking at
  if (text.ends_with('%')) {
    const auto percent = parse_number(argument, text.substr(0, text.size() - 1), 1, kMostPercent);
    return {.percent = static_cast<std::uint32_t>(percent)};
  }
  return {.per_second = parse_number(argument, text, 1, kFastest)};
}

std::pair<std::string, Sweep> parse_sweep(std::string_view argument, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    throw UsageError(fmt::format("{}: '{}' is not of the form NAME=VALUE,...", argument, text));
  }
  Sweep sweep;
  for (const std::string& item : split_list(argument, {text.substr(equals + 1)})) {
    try {
      sweep.push_back(item == "default" ? std::nullopt : std::optional(parse_size(item)));
    } catch (const std::invalid_argument& error) {
      throw UsageError(fmt::format("{}: {} (or: default).", argument, error.what()));
    }
  }
  return {text.substr(0, equals), sweep};
}

std::vector<Cell> select_cells(const Profile& profile, const Selection& selection,
                               std::span<const MechanismEntry> mechanisms,
                               const std::vector<Placement>& placements) {
  const auto selected = selected_mechanisms(selection, mechanisms);
  check_parameters(selection, selected);
  std::vector<Cell> cells;
  std::unordered_set<std::string> seen;
  double count = 0;
  for (const MechanismEntry* entry : selected) {
    check_count(count_settings(*entry, selection));
    const std::vector<Settings> settings = settings_of(*entry, selection);
    for (const Axes& block : profile.blocks) {
      const Axes axes = replaced(fitted(block, *entry, placements), selection.axes);
      count += count_cells(axes, settings.size());
      check_count(count);
      for (Cell& cell : product(axes, std::string(entry->traits.name), settings)) {
        const std::string name = cell_name(cell);
        if (selection.filter && !std::regex_search(name, *selection.filter)) continue;
        if (seen.insert(name).second) cells.push_back(std::move(cell));
      }
    }
  }
  if (cells.empty())
    throw UsageError("No cell is left of this selection; `ipcbench run --list-cells` shows what there is.");
  return cells;
}

}  // namespace ipcbench
