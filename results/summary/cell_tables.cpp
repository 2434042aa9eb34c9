#include "results/summary/cell_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "harness/base/cell.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/summary/marks.hpp"

namespace ipcbench {
namespace {

// Five columns fit beside a name and the CPU time. Tokens have one of their own; of the sizes, these four
// tell a small message from one that fills a page, a pipe, and a cache.
constexpr std::size_t kColumns = 5;
constexpr std::size_t kColumnsToFill = 4;
constexpr std::size_t kToken = 0;
constexpr std::size_t kPreferredSizes[] = {kToken, 64, 4096, 65536, 1U << 20};
constexpr std::size_t kRankSizeTimed = 64;
constexpr std::size_t kRankSizeCounted = 65536;

using Summaries = std::vector<const CellSummary*>;
using Sizes = std::vector<std::size_t>;

// The cells of one table agree on every axis but the mechanism and the size.
using Group = std::vector<std::uint64_t>;

bool has_lines_or_columns(const CellAxis& axis) { return axis.name == "mechanism" || axis.name == "size"; }

// The place of a value among those of its axis; behind all of them where the cell does not have the axis.
std::uint64_t rank_of(const CellAxis& axis, const Cell& cell) {
  if (!has_axis(axis, cell)) return UINT64_MAX;
  const std::string text = axis.text(cell);
  if (axis.values == nullptr) return std::strtoull(text.c_str(), nullptr, 10);
  const auto values = axis.values();
  return static_cast<std::uint64_t>(std::ranges::find(values, text, &CellAxis::Value::name) - values.begin());
}

// Tables follow one another by what is unusual, then by the axes of every pattern, the pattern, and its own
// axes.
int order_of(const CellAxis& axis) {
  if (axis.naming == CellAxis::Naming::unless_default) return 0;
  if (axis.applies != nullptr) return 3;
  return axis.naming == CellAxis::Naming::bare ? 2 : 1;
}

Group group_of(const Cell& cell) {
  Group group;
  for (int order = 0; order <= 3; ++order) {
    for (const CellAxis& axis : kCellAxes) {
      if (order_of(axis) == order && !has_lines_or_columns(axis)) group.push_back(rank_of(axis, cell));
    }
  }
  return group;
}

std::string load_text(const OfferedLoad& load) {
  const std::string rate = load.percent != 0 ? fmt::format("{} % of capacity", load.percent)
                                             : fmt::format("{} messages per second", load.per_second);
  return fmt::format("{}, {} arrivals", rate, load.arrivals == Arrivals::poisson ? "Poisson" : "constant");
}

std::string what(const Cell& cell) {
  // With a fan of 1 the two patterns are told apart by their names only.
  const auto count = [&](std::string_view side) {
    return cell.fan == 1 ? fmt::format("one {} ({})", side, name_of(cell.pattern))
                         : fmt::format("{} {}s", cell.fan, side);
  };
  switch (cell.pattern) {
    case Pattern::latency:
      return "Median round trip";
    case Pattern::oneway:
      return "Median time there (one way)";
    case Pattern::throughput:
      return "Throughput";
    case Pattern::paced:
      return fmt::format("Median time from the intended send time, {}", load_text(cell.load));
    case Pattern::fanin:
      return fmt::format("Throughput, {} to one consumer", count("producer"));
    case Pattern::fanout:
      return fmt::format("Throughput, one producer to {}", count("consumer"));
  }
  return "";
}

std::string heading(const Cell& cell) {
  std::vector<std::string_view> names;
  for (const CellAxis& axis : kCellAxes) {
    const bool in_text = axis.applies != nullptr || axis.naming == CellAxis::Naming::bare;
    if (!in_text && !has_lines_or_columns(axis)) names.push_back(axis.name);
  }
  const std::string axes = describe_axes(cell, names);
  const std::string text = what(cell);
  const bool fits = text.size() + 2 + axes.size() <= kTextColumns;
  return fmt::format("{}{}{}\n", text, fits ? "  " : "\n", axes);
}

// One line of a table: a mechanism, in one of its settings, over the sizes.
struct Line {
  std::string label;
  bool floor = false;
  std::map<std::size_t, const CellSummary*> by_size;

  [[nodiscard]] const CellSummary* at(std::size_t size) const {
    const auto found = by_size.find(size);
    return found == by_size.end() ? nullptr : found->second;
  }
};

std::string label_of(const Cell& cell) {
  std::string label = cell.mechanism;
  for (const auto& [name, value] : cell.parameters) label += fmt::format(" {}:{}", name, value);
  return label;
}

std::vector<Line> lines_of(const Summaries& summaries) {
  std::map<std::string, Line> lines;
  for (const CellSummary* summary : summaries) {
    Line& line = lines[label_of(summary->cell)];
    line.label = label_of(summary->cell);
    line.floor = summary->floor;
    line.by_size[summary->cell.size_bytes] = summary;
  }
  std::vector<Line> sorted;
  sorted.reserve(lines.size());
  for (auto& [label, line] : lines) sorted.push_back(std::move(line));
  return sorted;
}

// --- Which sizes, and in what order -------------------------------------------------------------------

// Of the sizes that were measured, the preferred ones, then others, smallest first; and while there is room,
// one for each line that has none of them.
Sizes choose_sizes(const std::vector<Line>& lines) {
  std::set<std::size_t> present;
  for (const Line& line : lines) {
    for (const auto& [size, summary] : line.by_size) present.insert(size);
  }
  std::set<std::size_t> chosen;
  for (const std::size_t size : kPreferredSizes) {
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

// The size that the lines are ranked by: the preferred one, or the nearest end of what there is; tokens only
// where there is nothing else.
std::size_t rank_size(const Sizes& sizes, Pattern pattern) {
  const std::size_t preferred = times_messages(pattern) ? kRankSizeTimed : kRankSizeCounted;
  if (std::ranges::find(sizes, preferred) != sizes.end()) return preferred;
  const bool has_token = sizes.front() == kToken && sizes.size() > 1;
  return times_messages(pattern) ? sizes[has_token ? 1 : 0] : sizes.back();
}

// Floors last; then the fastest first. What has no number at that size stands behind the rest, by the largest
// of the sizes that it does have.
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

std::string size_text(std::size_t size) { return size == kToken ? "token" : format_size(size); }

std::string per_second_text(double per_second) { return format_count(per_second) + "/s"; }

std::string number_text(const CellSummary& summary) {
  if (times_messages(summary.cell.pattern)) return format_duration_ns(summary.time_ns.median);
  if (summary.bytes_per_second) return format_bytes_per_second(summary.bytes_per_second->median);
  if (summary.cell.size_bytes == kToken) return per_second_text(summary.messages_per_second->median);
  return "-";
}

std::string cpu_text(const CellSummary& summary) {
  return format_duration_ns(summary.producer_cpu_ns_per_message + summary.consumer_cpu_ns_per_message);
}

std::string with_losses(const Line& line) {
  double worst = 0;
  for (const auto& [size, summary] : line.by_size) worst = std::max(worst, summary->lost_share);
  return worst == 0 ? line.label : fmt::format("{} (lost up to {:.2g} %)", line.label, 100 * worst);
}

// What of a line or of the header stands under one another: numbers end where their marks begin.
class Columns {
 public:
  Columns(Sizes sizes, std::size_t ranked, const std::vector<Line>& lines)
      : sizes_(std::move(sizes)), ranked_(ranked) {
    const Cell& cell = lines.front().by_size.begin()->second->cell;
    shows_rate_ = cell.pattern == Pattern::paced && cell.load.percent != 0;
    for (const Line& line : lines) {
      for (const std::size_t size : sizes_) mark_width_ = std::max(mark_width_, marks(line.at(size)).size());
    }
  }

  [[nodiscard]] std::vector<std::string> header() const {
    std::vector<std::string> cells{"mechanism"};
    for (const std::size_t size : sizes_) cells.push_back(with_marks(size_text(size), ""));
    cells.push_back("CPU at " + size_text(ranked_));
    if (shows_rate_) cells.push_back("rate at " + size_text(ranked_));
    return cells;
  }

  [[nodiscard]] std::vector<std::string> cells_of(const Line& line) const {
    std::vector<std::string> cells{line.floor ? "floor: " + line.label : with_losses(line)};
    for (const std::size_t size : sizes_) {
      const CellSummary* summary = line.at(size);
      cells.push_back(with_marks(summary == nullptr ? "-" : number_text(*summary), marks(summary)));
    }
    const CellSummary* summary = line.at(ranked_);
    cells.push_back(summary == nullptr ? "-" : cpu_text(*summary));
    if (shows_rate_) cells.push_back(rate_text(summary));
    return cells;
  }

 private:
  static std::string marks(const CellSummary* summary) {
    return summary == nullptr || number_text(*summary) == "-" ? "" : marks_of(*summary);
  }
  static std::string rate_text(const CellSummary* summary) {
    const bool known = summary != nullptr && summary->load;
    return known ? per_second_text(summary->load->offered_per_second) : "-";
  }
  [[nodiscard]] std::string with_marks(std::string_view number, std::string_view marks) const {
    return fmt::format("{}{:<{}}", number, marks, mark_width_);
  }

  Sizes sizes_;
  std::size_t ranked_;
  bool shows_rate_ = false;
  std::size_t mark_width_ = 1;
};

std::string table_of(const Summaries& summaries) {
  const Cell& first = summaries.front()->cell;
  std::vector<Line> lines = lines_of(summaries);
  const Sizes sizes = choose_sizes(lines);
  const std::size_t ranked = rank_size(sizes, first.pattern);
  rank(lines, sizes, ranked);
  const Columns columns(sizes, ranked, lines);
  std::vector<std::vector<std::string>> grid{columns.header()};
  for (const Line& line : lines) grid.push_back(columns.cells_of(line));
  return heading(first) + align_columns(grid) + '\n';
}

}  // namespace

std::string cell_tables(const std::vector<CellSummary>& summaries) {
  std::map<Group, Summaries> groups;
  for (const CellSummary& summary : summaries) groups[group_of(summary.cell)].push_back(&summary);
  std::string text;
  for (const auto& [group, members] : groups) text += table_of(members);
  return text;
}

}  // namespace ipcbench
