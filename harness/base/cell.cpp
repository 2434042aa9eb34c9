#include "harness/base/cell.hpp"

#include <fmt/format.h>

#include "harness/base/cell_axes.hpp"

namespace ipcbench {
namespace {

std::string name_part(const CellAxis& axis, const Cell& cell) {
  if (!has_axis(axis, cell)) return "";
  if (axis.naming == CellAxis::Naming::unless_default && is_default(axis, cell)) return "";
  if (axis.naming == CellAxis::Naming::bare) return fmt::format("/{}", axis.text(cell));
  return fmt::format("/{}:{}", axis.name, axis.text(cell));
}

}  // namespace

std::string cell_name(const Cell& cell, std::string_view without) {
  std::string name;
  for (const CellAxis& axis : kCellAxes) {
    if (axis.name != without) name += name_part(axis, cell);
  }
  for (const auto& [parameter, value] : cell.parameters) name += fmt::format("/{}:{}", parameter, value);
  return name.substr(1);
}

}  // namespace ipcbench
