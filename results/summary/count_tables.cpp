#include "results/summary/count_tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/summary/cell_groups.hpp"

namespace ipcbench {
namespace {

using CountedCells = std::map<std::pair<std::string, std::size_t>, const CellSummary*>;  // by label and size

// "0.50", "12.3", "4.56k": what stands beside it leaves no room for a space.
std::string count_text(const std::optional<double>& count) {
  if (!count) return "-";
  if (*count < 10) return fmt::format("{:.2f}", *count);
  std::string text = format_count(*count);
  std::erase(text, ' ');
  return text;
}

std::string ends_text(const std::optional<double>& producer, const std::optional<double>& consumer) {
  if (!producer && !consumer) return "-";
  return fmt::format("{} + {}", count_text(producer), count_text(consumer));
}

bool has_count(const CountedCells& lines, std::size_t counter) {
  return std::ranges::any_of(lines, [&](const auto& line) {
    const CellSummary& cell = *line.second;
    return cell.producer.counts[counter] || cell.consumer.counts[counter];
  });
}

std::string title_of(const Cell& cell) {
  constexpr std::array<std::string_view, 7> kOfThePattern{"rate", "arrivals", "fan",  "links",
                                                          "idle", "pairs",    "chain"};
  const std::string_view unit = is_ping_pong(cell.pattern) ? "round trip" : "message";
  const std::string axes = describe_axes(cell, kOfThePattern);
  return fmt::format("Counts per {} ({}{}{})", unit, name_of(cell.pattern), axes.empty() ? "" : " ", axes);
}

std::vector<std::vector<std::string>> grid_of(const CountedCells& lines) {
  std::vector<std::vector<std::string>> grid{{"mechanism", "size", "switches"}};
  for (const auto& [key, cell] : lines) {
    grid.push_back(
        {key.first, size_text(key.second), ends_text(cell->producer.switches, cell->consumer.switches)});
  }
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    if (!has_count(lines, i)) continue;
    grid[0].emplace_back(kCounters[i].label);
    auto row = grid.begin();
    for (const auto& [key, cell] : lines) {
      (++row)->push_back(ends_text(cell->producer.counts[i], cell->consumer.counts[i]));
    }
  }
  return grid;
}

constexpr const char* kCountsLegend =
    "Counts are the producer's + the consumer's, from one more launch of each cell, whose times are not "
    "used: "
    "counting slows it down. Switches (context switches) are those of the timed launches.";

// "No cycles, instructions: the reason."
std::string missing_text(const std::vector<MissingCounter>& missing, std::size_t columns) {
  std::map<std::string, std::vector<std::string_view>> counters;  // by reason
  for (const MissingCounter& each : missing) {
    const auto counter = std::ranges::find(kCounters, each.counter, &Counter::name);
    counters[each.reason].push_back(counter == kCounters.end() ? each.counter : counter->label);
  }
  std::string text;
  for (const auto& [reason, names] : counters) {
    text += wrap_paragraph("", fmt::format("No {}: {}.", fmt::join(names, ", "), reason), columns);
  }
  return text;
}

}  // namespace

std::string count_tables(const Report& report, const std::vector<CellSummary>& summaries,
                         std::size_t columns) {
  if (!report.counts) return "";
  std::map<Group, CountedCells> groups;
  for (const CellSummary& cell : summaries) {
    if (cell.counted) groups[group_of(cell.cell)][{label_of(cell.cell), cell.cell.size_bytes}] = &cell;
  }
  std::string text;
  for (const auto& [group, lines] : groups) {
    const Cell& first = lines.begin()->second->cell;
    text += heading(title_of(first), first, columns) + align_columns(grid_of(lines), columns) + '\n';
  }
  return text + wrap_paragraph("", kCountsLegend, columns) + missing_text(report.counts->missing, columns) +
         '\n';
}

}  // namespace ipcbench
