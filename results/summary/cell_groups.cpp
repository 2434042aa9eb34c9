#include "results/summary/cell_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

std::string load_text(const OfferedLoad& load) {
  std::string rate = load.percent != 0 ? fmt::format("{} % of capacity", load.percent)
                                       : fmt::format("{} messages per second", load.per_second);
  if (!load.mix.empty()) rate = fmt::format("streams {}", text_of(load.mix));
  return fmt::format("{}, {} arrivals", rate, load.arrivals == Arrivals::poisson ? "Poisson" : "constant");
}

bool has_lines_or_columns(const CellAxis& axis) { return axis.name == "mechanism" || axis.name == "size"; }

// The rank of the cell's value among those of the axis; the last if the cell does not have the axis, unless
// that is hidden at its default: cells without it then stand beside the default ones.
std::uint64_t rank_of(const CellAxis& axis, const Cell& cell) {
  if (!has_axis(axis, cell) && axis.naming != CellAxis::Naming::unless_default) return UINT64_MAX;
  const std::string text = axis.text(cell);
  if (axis.values == nullptr) return std::strtoull(text.c_str(), nullptr, 10);
  const auto values = axis.values();
  return static_cast<std::uint64_t>(std::ranges::find(values, text, &CellAxis::Value::name) - values.begin());
}

// The order in which the axes sort the tables: axes that are usually at their default, axes of every pattern,
// the pattern, then the pattern's own axes.
int order_of(const CellAxis& axis) {
  if (axis.applies != nullptr) return 3;
  if (axis.naming == CellAxis::Naming::unless_default) return 0;
  return axis.naming == CellAxis::Naming::bare ? 2 : 1;
}

std::string round_trip(const Cell& cell) {
  std::string text = "Median round trip";
  if (has_chain(cell)) text += " " + describe_value(axis_named("chain"), cell);
  if (cell.idle_ns != 0) text += " after " + describe_value(axis_named("idle"), cell);
  return text;
}

}  // namespace

Group group_of(const Cell& cell) {
  Group group;
  for (int order = 0; order <= 3; ++order) {
    for (const CellAxis& axis : kCellAxes) {
      if (order_of(axis) == order && !has_lines_or_columns(axis)) group.push_back(rank_of(axis, cell));
    }
  }
  if (!is_mixed(cell)) return group;
  for (const auto& [size_bytes, per_second] : cell.load.mix.streams()) {
    group.push_back(size_bytes);
    group.push_back(per_second);
  }
  return group;
}

std::string what(const Cell& cell) {
  // With a fan of 1, only the names of the two patterns tell them apart.
  const auto count = [&](std::string_view side) {
    return cell.fan == 1 ? fmt::format("one {} ({})", side, name_of(cell.pattern))
                         : fmt::format("{} {}s", cell.fan, side);
  };
  switch (cell.pattern) {
    case Pattern::latency:
      return round_trip(cell);
    case Pattern::oneway:
      return "Median time there (one way)";
    case Pattern::throughput:
      return "Throughput";
    case Pattern::paced:
      return fmt::format("Time from the intended send time, {}", load_text(cell.load));
    case Pattern::fanin:
      return fmt::format("Throughput, {} to one consumer", count("producer"));
    case Pattern::fanout:
      return fmt::format("Throughput, one producer to {}", count("consumer"));
  }
  return "";
}

std::string heading(std::string_view what, const Cell& cell, std::size_t columns) {
  std::vector<std::string_view> names;
  for (const CellAxis& axis : kCellAxes) {
    const bool of_pattern = axis.applies != nullptr && axis.naming == CellAxis::Naming::keyed;
    const bool in_what = of_pattern || axis.naming == CellAxis::Naming::bare;
    if (!in_what && !has_lines_or_columns(axis)) names.push_back(axis.name);
  }
  const std::string axes = describe_axes(cell, names);
  const bool fits = what.size() + 2 + axes.size() <= columns;
  return fits ? fmt::format("{}  {}\n", what, axes)
              : wrap_paragraph("", what, columns) + wrap_paragraph("", axes, columns);
}

std::string label_of(const Cell& cell) {
  std::string label = cell.mechanism;
  for (const auto& [name, value] : cell.parameters) label += fmt::format(" {}:{}", name, value);
  return label;
}

std::string per_second_text(double per_second) { return format_count(per_second) + "/s"; }

std::string figure_text(const CellSummary& summary) {
  if (times_messages(summary.cell.pattern)) return format_duration_ns(summary.time_ns.median);
  if (summary.bytes_per_second) return format_bytes_per_second(summary.bytes_per_second->median);
  if (summary.cell.size_bytes == kToken) return per_second_text(summary.messages_per_second->median);
  return "-";
}

std::string size_text(std::size_t size) { return size == kToken ? "token" : format_size(size); }

}  // namespace ipcbench
