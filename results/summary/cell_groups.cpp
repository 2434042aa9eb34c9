#include "results/summary/cell_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

bool has_lines_or_columns(const CellAxis& axis) { return axis.name == "mechanism" || axis.name == "size"; }

// The rank of the cell's value among those of the axis; the last if the cell does not have the axis.
std::uint64_t rank_of(const CellAxis& axis, const Cell& cell) {
  if (!has_axis(axis, cell)) return UINT64_MAX;
  const std::string text = axis.text(cell);
  if (axis.values == nullptr) return std::strtoull(text.c_str(), nullptr, 10);
  const auto values = axis.values();
  return static_cast<std::uint64_t>(std::ranges::find(values, text, &CellAxis::Value::name) - values.begin());
}

// The order in which the axes sort the tables: axes that are usually at their default, axes of every pattern,
// the pattern, then the pattern's own axes.
int order_of(const CellAxis& axis) {
  if (axis.naming == CellAxis::Naming::unless_default) return 0;
  if (axis.applies != nullptr) return 3;
  return axis.naming == CellAxis::Naming::bare ? 2 : 1;
}

}  // namespace

Group group_of(const Cell& cell) {
  Group group;
  for (int order = 0; order <= 3; ++order) {
    for (const CellAxis& axis : kCellAxes) {
      if (order_of(axis) == order && !has_lines_or_columns(axis)) group.push_back(rank_of(axis, cell));
    }
  }
  return group;
}

std::string heading(std::string_view what, const Cell& cell) {
  std::vector<std::string_view> names;
  for (const CellAxis& axis : kCellAxes) {
    const bool in_what = axis.applies != nullptr || axis.naming == CellAxis::Naming::bare;
    if (!in_what && !has_lines_or_columns(axis)) names.push_back(axis.name);
  }
  const std::string axes = describe_axes(cell, names);
  const bool fits = what.size() + 2 + axes.size() <= kTextColumns;
  return fmt::format("{}{}{}\n", what, fits ? "  " : "\n", axes);
}

std::string label_of(const Cell& cell) {
  std::string label = cell.mechanism;
  for (const auto& [name, value] : cell.parameters) label += fmt::format(" {}:{}", name, value);
  return label;
}

std::string size_text(std::size_t size) { return size == kToken ? "token" : format_size(size); }

}  // namespace ipcbench
