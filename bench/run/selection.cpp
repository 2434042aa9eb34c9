#include "bench/run/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "bench/cli/arguments.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

bool has_parameter(const MechanismEntry& entry, std::string_view name) {
  return std::ranges::find(entry.parameters, name, &Parameter::name) != entry.parameters.end();
}

// From a 64th of the tuned value to four times it.
Sweep swept(const Parameter& buffer) {
  Sweep sweep;
  for (std::uint64_t value = buffer.tuned / 64; value <= buffer.tuned * 4; value *= 2) {
    if (value >= buffer.min && value <= buffer.max) sweep.emplace_back(value);
  }
  return sweep;
}

void check_parameters(const Selection& selection, const std::vector<const MechanismEntry*>& selected) {
  std::vector<std::string> known;
  for (const MechanismEntry* entry : selected) {
    for (const Parameter& parameter : entry->parameters) {
      if (std::ranges::find(known, parameter.name) == known.end()) known.emplace_back(parameter.name);
    }
  }
  for (const auto& [name, sweep] : selection.parameters) {
    if (known.empty())
      throw UsageError(fmt::format("--param: no selected mechanism has parameters, so not '{}'.", name));
    if (std::ranges::find(known, name) == known.end()) throw UsageError(unknown_name("--param", name, known));
  }
}

// The user's sweeps of parameters that this mechanism has. If there are none, those of the profile's block;
// empty: the mechanism has no part in the block.
std::optional<Sweeps> sweeps_of(const MechanismEntry& entry, const Selection& selection,
                                Profile::Buffers buffers) {
  Sweeps sweeps;
  for (const auto& [name, sweep] : selection.parameters) {
    if (has_parameter(entry, name)) sweeps.emplace(name, sweep);
  }
  if (!selection.parameters.empty() || buffers == Profile::Buffers::defaults) return sweeps;
  const Parameter* const buffer = buffer_parameter(entry);
  if (buffer == nullptr) return std::nullopt;
  sweeps.emplace(buffer->name, buffers == Profile::Buffers::tuned ? Sweep{buffer->tuned} : swept(*buffer));
  return sweeps;
}

// The size of parameter_sets(), computed without making them.
double count_parameter_sets(const Sweeps& sweeps) {
  double count = 1;
  for (const auto& [name, sweep] : sweeps) count *= static_cast<double>(sweep.size());
  return count;
}

// Lists on several axes multiply: without this check, memory runs out before any message.
void check_count(double cells) {
  constexpr double kMostCells = 100'000;
  if (cells <= kMostCells) return;
  throw UsageError(
      fmt::format("The selection has {:.3g} cells, before --filter; select fewer values: at most {:.0f}.",
                  cells, kMostCells));
}

// The product of the sweeps.
std::vector<Settings> parameter_sets(const Sweeps& sweeps) {
  std::vector<Settings> all{{}};
  for (const auto& [name, sweep] : sweeps) {
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

// The block's values, with the user's in their place. Empty: a narrow block of which nothing is left.
std::optional<AxisValues> chosen_values(const Profile::Block& block, const Selection& selection,
                                        const MechanismEntry& entry,
                                        const std::vector<Placement>& placements) {
  constexpr std::array<std::string_view, 3> kNarrowed{"pattern", "wait", "cpus"};
  // A sweep has one size, for its chart. The user's sizes are not all meant to be swept.
  const bool swept = block.buffers == Profile::Buffers::swept;
  AxisValues values = feasible_values(block.values, entry, placements);
  for (const auto& [axis, chosen] : selection.axes) {
    std::vector<std::string>& own = values[axis];
    const bool narrowed = std::ranges::find(kNarrowed, axis) != kNarrowed.end() || (swept && axis == "size");
    if (block.narrow && narrowed) {
      std::erase_if(
          own, [&](const std::string& value) { return std::ranges::find(chosen, value) == chosen.end(); });
      if (own.empty()) return std::nullopt;
    } else {
      own = chosen;
    }
  }
  return values;
}

// "paced", "fanin or fanout": the patterns that have the axis.
std::string patterns_with(const CellAxis& axis) {
  std::vector<std::string_view> names;
  for (const auto& pattern : kAxis<Pattern>) {
    if (axis.applies(pattern.value)) names.push_back(pattern.name);
  }
  return fmt::format("{}", fmt::join(names, " or "));
}

bool has_part(const Traits& traits, Profile::Mechanisms which) {
  if (which == Profile::Mechanisms::all) return true;
  if (which == Profile::Mechanisms::without_libraries && traits.kind == MechanismKind::library) return false;
  return traits.variant_of.empty();
}

// A choice that no cell has would be ignored silently.
void refuse_idle_choices(const Selection& selection, const std::vector<Cell>& cells) {
  const auto any = [&](const auto& has) { return std::ranges::any_of(cells, has); };
  for (const auto& [name, values] : selection.axes) {
    const CellAxis& axis = axis_named(name);
    if (axis.applies == nullptr || any([&](const Cell& cell) { return axis.applies(cell.pattern); }))
      continue;
    throw UsageError(
        fmt::format("--{0}: no selected cell has this axis; add --pattern {1}, or leave --{0} out", name,
                    patterns_with(axis)));
  }
  if (selection.axes.contains("size") && !any([](const Cell& cell) { return !is_mixed(cell); }))
    throw UsageError("--size: the streams of --rate have sizes of their own; leave --size out");
  const bool spins = any([](const Cell& cell) { return cell.wait == Wait::adaptive; });
  if (spins || !selection.parameters.contains(kSpinMicroseconds.name)) return;
  throw UsageError(fmt::format("--param: no selected cell waits adaptively, so not '{}'; add --wait adaptive",
                               kSpinMicroseconds.name));
}

}  // namespace

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

std::vector<const MechanismEntry*> mechanisms_named(const std::vector<std::string>& names,
                                                    std::span<const MechanismEntry> all) {
  std::vector<const MechanismEntry*> named;
  for (const MechanismEntry& entry : all) {
    if (names.empty() || std::ranges::find(names, entry.traits.name) != names.end()) named.push_back(&entry);
  }
  return named;
}

std::vector<Cell> select_cells(const Profile& profile, const Selection& selection,
                               std::span<const MechanismEntry> mechanisms,
                               const std::vector<Placement>& placements) {
  const auto wanted = selection.axes.find("mechanism");
  const bool named = wanted != selection.axes.end();
  const auto selected = mechanisms_named(named ? wanted->second : std::vector<std::string>{}, mechanisms);
  check_parameters(selection, selected);
  std::vector<Cell> cells;
  std::unordered_set<std::string> seen;
  double count = 0;
  for (const MechanismEntry* entry : selected) {
    for (const Profile::Block& block : profile.blocks) {
      if (!named && !has_part(entry->traits, block.which)) continue;
      const auto sweeps = sweeps_of(*entry, selection, block.buffers);
      if (!sweeps) continue;
      check_count(count_parameter_sets(*sweeps));
      const std::vector<Settings> sets = parameter_sets(*sweeps);
      const auto values = chosen_values(block, selection, *entry, placements);
      if (!values) continue;
      count += count_cells(*values, sets.size());
      check_count(count);
      for (Cell& cell : product(*values, entry->traits.name, sets)) {
        const std::string name = cell_name(cell);
        if (selection.filter && !std::regex_search(name, *selection.filter)) continue;
        if (seen.insert(name).second) cells.push_back(std::move(cell));
      }
    }
  }
  if (cells.empty())
    throw UsageError("No cell is left of this selection; `ipcbench run --list-cells` shows what there is.");
  refuse_idle_choices(selection, cells);
  return cells;
}

}  // namespace ipcbench
