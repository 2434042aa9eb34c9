#include "results/summary/cell_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <tuple>

#include "harness/base/cell.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/summary/cell_groups.hpp"
#include "results/summary/marks.hpp"

namespace ipcbench {
namespace {

// Five columns fit beside a name and the CPU time. Tokens have one of their own.
constexpr std::size_t kColumns = 5;
constexpr std::size_t kColumnsToFill = 4;
constexpr std::size_t kRankSizeTimed = 64;
constexpr std::size_t kRankSizeCounted = 65536;

using Summaries = std::vector<const CellSummary*>;
using Sizes = std::vector<std::size_t>;
using Grid = std::vector<std::vector<std::string>>;

// What the placement was on this machine, in the launches of one table. Empty on one CPU.
std::string line_text(const Summaries& summaries, std::size_t columns) {
  std::optional<LineSummary> all;
  for (const CellSummary* summary : summaries) {
    if (!summary->line) continue;
    if (!all) all = summary->line;
    all->low_ns = std::min(all->low_ns, summary->line->low_ns);
    all->high_ns = std::max(all->high_ns, summary->line->high_ns);
  }
  if (!all) return "";
  const std::string low = fmt::format("{:.0f}", all->low_ns);
  const std::string high = fmt::format("{:.0f}", all->high_ns);
  return wrap_paragraph("",
                        fmt::format("({}; a cache line there and back took {} ns)",
                                    describe_value(axis_named("cpus"), summaries.front()->cell),
                                    low == high ? low : fmt::format("{} to {}", low, high)),
                        columns);
}

// One line of a table: a mechanism with one set of parameters, over the sizes.
struct Line {
  std::string label;
  bool floor = false;
  std::map<std::size_t, const CellSummary*> by_size;

  [[nodiscard]] const CellSummary* at(std::size_t size) const {
    const auto found = by_size.find(size);
    return found == by_size.end() ? nullptr : found->second;
  }
};

std::vector<Line> lines_of(const Summaries& summaries) {
  std::map<std::string, Line> lines;
  for (const CellSummary* summary : summaries) {
    const std::string label = label_of(summary->cell);
    Line& line = lines.try_emplace(label, Line{label, summary->floor, {}}).first->second;
    line.by_size[summary->cell.size_bytes] = summary;
  }
  const auto all = lines | std::views::values;
  return {all.begin(), all.end()};
}

// --- Sizes and ranking --------------------------------------------------------------------------------

// The preferred sizes that were measured; then other sizes, the smallest first; then, while there is room,
// one for each line that has none of these.
Sizes choose_sizes(const std::vector<Line>& lines) {
  std::set<std::size_t> present;
  for (const Line& line : lines) {
    for (const auto& [size, summary] : line.by_size) present.insert(size);
  }
  std::set<std::size_t> chosen;
  for (const std::size_t size : kReadFirst) {
    if (present.contains(size)) chosen.insert(size);
  }
  for (const std::size_t size : present) {
    if (chosen.size() < kColumnsToFill + chosen.count(kToken)) chosen.insert(size);
  }
  for (const Line& line : lines) {
    const bool shown =
        std::ranges::any_of(chosen, [&](std::size_t size) { return line.at(size) != nullptr; });
    if (!shown && chosen.size() < kColumns) chosen.insert(line.by_size.rbegin()->first);
  }
  return {chosen.begin(), chosen.end()};
}

// The size by which the lines are ranked: the preferred one, otherwise the smallest (timed) or the largest
// (counted). Tokens only if there is no other size.
std::size_t rank_size(const Sizes& sizes, Pattern pattern) {
  const std::size_t preferred = times_messages(pattern) ? kRankSizeTimed : kRankSizeCounted;
  if (std::ranges::find(sizes, preferred) != sizes.end()) return preferred;
  const bool has_token = sizes.front() == kToken && sizes.size() > 1;
  return times_messages(pattern) ? sizes[has_token ? 1 : 0] : sizes.back();
}

// The fastest first and floors last. A line without a number at the ranked size follows those that have one,
// by the largest of its sizes.
void rank(std::vector<Line>& lines, const Sizes& sizes, std::size_t ranked) {
  const auto key = [&](const Line& line) {
    std::size_t own = ranked;
    for (const std::size_t size : sizes) {
      if (line.at(ranked) == nullptr && line.at(size) != nullptr) own = size;
    }
    const CellSummary* summary = line.at(own);
    return std::tuple(line.floor, line.at(ranked) == nullptr, summary == nullptr, SIZE_MAX - own,
                      summary == nullptr ? 0 : summary->time_ns.median, line.label);
  };
  std::ranges::sort(lines, {}, key);
}

// --- Text ---------------------------------------------------------------------------------------------

// The texts below are "-" where the line has no such cell (null), or the cell no such number.
std::string number_text(const CellSummary* summary) {
  return summary == nullptr ? "-" : figure_text(*summary);
}

std::string cpus_text(const CellSummary* summary) {
  return summary == nullptr ? "-" : fmt::format("{:.2f}", summary->cpus_busy);
}

std::string with_losses(const Line& line) {
  double worst = 0;
  for (const auto& [size, summary] : line.by_size) worst = std::max(worst, summary->lost_share);
  return worst == 0 ? line.label : fmt::format("{} (lost up to {:.2g} %)", line.label, 100 * worst);
}

std::string marks_beside(const CellSummary* summary) {
  return number_text(summary) == "-" ? "" : marks_of(*summary);
}

// The header and the lines. All marks of a table have one width, so that the numbers align.
Grid grid_of(const std::vector<Line>& lines, const Sizes& sizes, std::size_t ranked) {
  std::size_t width = 1;
  for (const Line& line : lines) {
    for (const std::size_t size : sizes) width = std::max(width, marks_beside(line.at(size)).size());
  }
  Grid grid{{"mechanism"}};
  for (const std::size_t size : sizes) grid[0].push_back(fmt::format("{}{:<{}}", size_text(size), "", width));
  grid[0].push_back("CPUs at " + size_text(ranked));
  for (const Line& line : lines) {
    auto& row = grid.emplace_back();
    row.push_back(line.floor ? "floor: " + line.label : with_losses(line));
    for (const std::size_t size : sizes) {
      row.push_back(fmt::format("{}{:<{}}", number_text(line.at(size)), marks_beside(line.at(size)), width));
    }
    row.push_back(cpus_text(line.at(ranked)));
  }
  return grid;
}

// One stream of the cell above it, which has the figures of all.
std::vector<std::string> stream_row(const StreamSummary& stream, std::size_t marks_width) {
  return {"  stream",
          size_text(stream.stream.size_bytes),
          format_duration_ns(stream.time_ns.median) + std::string(marks_width, ' '),
          stream.p99 ? format_duration_ns(stream.p99->value) : "-",
          "-",
          "-",
          "-",
          fmt::format("{:.3g} %", 100 * (1 - stream.unsent_share)),
          per_second_text(static_cast<double>(stream.stream.per_second)),
          "-"};
}

// An open loop's median says little without its tail, the producer's lag and the CPU time, so each cell has a
// line of its own.
Grid paced_grid_of(const std::vector<Line>& lines) {
  Grid grid{
      {"mechanism", "size", "p50", "p99", "from send", "lag p50", "lag p99", "sent", "of offered", "CPUs"}};
  const auto optional_text = [](std::optional<double> ns) { return ns ? format_duration_ns(*ns) : "-"; };
  std::size_t width = 1;
  for (const Line& line : lines) {
    for (const auto& [size, summary] : line.by_size) width = std::max(width, marks_of(*summary).size());
  }
  grid[0][2] += std::string(width, ' ');
  for (const Line& line : lines) {
    for (const auto& [size, summary] : line.by_size) {
      const LoadSummary load = summary->load.value_or(LoadSummary());
      grid.push_back({with_losses(line), size_text(size),
                      fmt::format("{}{:<{}}", number_text(summary), marks_of(*summary), width),
                      summary->p99 ? format_duration_ns(summary->p99->value) : "-",
                      optional_text(load.sent_p50_ns), format_duration_ns(load.lag_p50_ns),
                      format_duration_ns(load.lag_p99_ns),
                      fmt::format("{:.3g} %", 100 * (1 - load.unsent_share)),
                      per_second_text(load.offered_per_second), cpus_text(summary)});
      for (const StreamSummary& each : summary->streams) grid.push_back(stream_row(each, width));
    }
  }
  return grid;
}

std::size_t widest_line(std::string_view text) {
  std::size_t widest = 0;
  for (const auto line : std::views::split(text, '\n')) {
    widest = std::max(widest, static_cast<std::size_t>(std::ranges::distance(line)));
  }
  return widest;
}

// Without one of the columns.
Grid without(const Grid& grid, std::string_view column) {
  const auto at = std::ranges::find(grid.front(), column) - grid.front().begin();
  Grid narrower = grid;
  for (auto& row : narrower) row.erase(row.begin() + at);
  return narrower;
}

// An open loop's columns that are given up first where there are too few, in this order.
std::string paced_rows(Grid grid, std::size_t columns) {
  constexpr std::array<std::string_view, 5> kDispensable{"from send", "lag p50", "of offered", "lag p99",
                                                         "CPUs"};
  std::string text = align_columns(grid, columns);
  for (const std::string_view column : kDispensable) {
    if (widest_line(text) <= columns) break;
    grid = without(grid, column);
    text = align_columns(grid, columns);
  }
  return text;
}

// With fewer sizes where they do not fit; the one by which the lines are ranked stays.
std::string size_rows(const std::vector<Line>& lines, Sizes sizes, std::size_t ranked, std::size_t columns) {
  std::string text = align_columns(grid_of(lines, sizes, ranked), columns);
  while (widest_line(text) > columns && sizes.size() > 1) {
    sizes.erase(sizes.back() == ranked ? sizes.end() - 2 : sizes.end() - 1);
    text = align_columns(grid_of(lines, sizes, ranked), columns);
  }
  return text;
}

std::string table_of(const Summaries& summaries, std::size_t columns) {
  const Cell& first = summaries.front()->cell;
  std::vector<Line> lines = lines_of(summaries);
  const Sizes sizes = choose_sizes(lines);
  const std::size_t ranked = rank_size(sizes, first.pattern);
  rank(lines, sizes, ranked);
  const bool paced = first.pattern == Pattern::paced;
  return heading(what(first), first, columns) + line_text(summaries, columns) +
         (paced ? paced_rows(paced_grid_of(lines), columns) : size_rows(lines, sizes, ranked, columns)) +
         '\n';
}

}  // namespace

std::string cell_tables(const std::vector<CellSummary>& summaries, std::size_t columns) {
  std::map<Group, Summaries> groups;
  for (const CellSummary& summary : summaries) groups[group_of(summary.cell)].push_back(&summary);
  std::string text;
  for (const auto& [group, members] : groups) text += table_of(members, columns);
  return text;
}

}  // namespace ipcbench
