#include "results/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <tuple>

#include "harness/units.hpp"
#include "results/summary.hpp"
#include "results/text_layout.hpp"

namespace ipcbench {
namespace {

// Four columns fit beside a name and the CPU time; these four tell a small message from one that fills
// a page, a pipe, and a cache.
constexpr std::size_t kColumns = 4;
constexpr std::size_t kPreferredSizes[] = {64, 4096, 65536, 1U << 20};
constexpr std::size_t kRankSizeLatency = 64;
constexpr std::size_t kRankSizeThroughput = 65536;

// An interval that reaches further than this from the median is marked.
constexpr double kWideShare = 0.10;

using Summaries = std::vector<const CellSummary*>;
using Sizes = std::vector<std::size_t>;

// The cells of one table: only what shares these may be ranked together.
using Group = std::tuple<Payload, Wait, Peers, Cpus, Pattern>;

Group group_of(const Cell& cell) { return {cell.payload, cell.wait, cell.peers, cell.cpus, cell.pattern}; }

std::string heading(const Cell& cell) {
  std::string text = fmt::format("{}  wait:{} peers:{} cpus:{}",
                                 cell.pattern == Pattern::latency ? "Median round trip" : "Throughput",
                                 name_of(cell.wait), name_of(cell.peers), name_of(cell.cpus));
  if (cell.payload != Payload::copy) text += fmt::format(" payload:{}", name_of(cell.payload));
  return text + '\n';
}

// One line of a table: a mechanism, in one of its settings, over the sizes.
struct Line {
  std::string label;
  bool floor = false;
  std::map<std::size_t, const CellSummary*> by_size;
};

std::string label_of(const Cell& cell) {
  std::string label = cell.mechanism;
  for (const auto& [name, value] : cell.parameters) label += fmt::format(" {}:{}", name, value);
  return label;
}

// Up to four of the sizes that were measured: the preferred ones, then others, smallest first.
Sizes choose_sizes(const Summaries& summaries) {
  std::set<std::size_t> present;
  for (const CellSummary* summary : summaries) present.insert(summary->cell.size_bytes);
  std::set<std::size_t> chosen;
  for (const std::size_t size : kPreferredSizes) {
    if (present.count(size) != 0) chosen.insert(size);
  }
  for (const std::size_t size : present) {
    if (chosen.size() < kColumns) chosen.insert(size);
  }
  return {chosen.begin(), chosen.end()};
}

// The size that the lines are ranked by: the preferred one, or the nearest end of what there is.
std::size_t rank_size(const Sizes& sizes, Pattern pattern) {
  const std::size_t preferred = pattern == Pattern::latency ? kRankSizeLatency : kRankSizeThroughput;
  if (std::find(sizes.begin(), sizes.end(), preferred) != sizes.end()) return preferred;
  return pattern == Pattern::latency ? sizes.front() : sizes.back();
}

std::string mark(const Estimate& estimate) {
  const double reach = std::max(estimate.high - estimate.median, estimate.median - estimate.low);
  return estimate.confidence == 0 || reach > kWideShare * estimate.median ? "~" : " ";
}

std::string value_text(const CellSummary& summary) {
  if (summary.cell.pattern == Pattern::throughput && !summary.bytes_per_second) return "- ";
  if (summary.bytes_per_second) {
    return format_bytes_per_second(summary.bytes_per_second->median) + mark(*summary.bytes_per_second);
  }
  return format_duration_ns(summary.time_ns.median) + mark(summary.time_ns);
}

std::string cpu_text(const CellSummary& summary) {
  return format_duration_ns(summary.producer_cpu_ns_per_message + summary.consumer_cpu_ns_per_message);
}

std::vector<Line> lines_of(const Summaries& summaries) {
  std::map<std::string, Line> lines;
  for (const CellSummary* summary : summaries) {
    Line& line = lines[label_of(summary->cell)];
    line.label = label_of(summary->cell);
    line.floor = is_floor(summary->cell);
    line.by_size[summary->cell.size_bytes] = summary;
  }
  std::vector<Line> sorted;
  sorted.reserve(lines.size());
  for (auto& [label, line] : lines) sorted.push_back(std::move(line));
  return sorted;
}

// Floors last; then the fastest first, what has no number at that size behind the rest, in order of name.
void rank(std::vector<Line>& lines, std::size_t size) {
  const auto key = [size](const Line& line) {
    const auto at = line.by_size.find(size);
    const bool missing = at == line.by_size.end();
    return std::tuple(line.floor, missing, missing ? 0 : at->second->time_ns.median, line.label);
  };
  std::sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) { return key(a) < key(b); });
}

std::string with_losses(const Line& line) {
  double worst = 0;
  for (const auto& [size, summary] : line.by_size) worst = std::max(worst, summary->lost_share);
  return worst == 0 ? line.label : fmt::format("{} (lost up to {:.2g} %)", line.label, 100 * worst);
}

std::vector<std::string> cells_of(const Line& line, const Sizes& sizes, std::size_t ranked) {
  std::vector<std::string> cells{line.floor ? "floor: " + line.label : with_losses(line)};
  for (const std::size_t size : sizes) {
    const auto at = line.by_size.find(size);
    cells.push_back(at == line.by_size.end() ? "- " : value_text(*at->second));
  }
  const auto at = line.by_size.find(ranked);
  cells.push_back(at == line.by_size.end() ? "-" : cpu_text(*at->second));
  return cells;
}

std::string table_of(const Summaries& summaries) {
  const Cell& first = summaries.front()->cell;
  const Sizes sizes = choose_sizes(summaries);
  const std::size_t ranked = rank_size(sizes, first.pattern);
  std::vector<Line> lines = lines_of(summaries);
  rank(lines, ranked);

  std::vector<std::string> header{"mechanism"};
  for (const std::size_t size : sizes) header.push_back(format_size(size) + " ");
  header.push_back("CPU at " + format_size(ranked));
  std::vector<std::vector<std::string>> grid{header};
  for (const Line& line : lines) grid.push_back(cells_of(line, sizes, ranked));
  return heading(first) + align_columns(grid) + '\n';
}

std::string tables(const std::vector<CellSummary>& summaries) {
  std::map<Group, Summaries> groups;
  for (const CellSummary& summary : summaries) groups[group_of(summary.cell)].push_back(&summary);
  std::string text;
  for (const auto& [group, members] : groups) text += table_of(members);
  return text;
}

std::string title(const Report& report, std::size_t cells) {
  const Session& session = report.session;
  const Floors& floors = report.floors;
  std::string text =
      wrap_paragraph("", fmt::format("ipcbench {} on {}, profile {}: {} cells, {} of {} planned launches",
                                     report.version, report.context.host_name, session.profile, cells,
                                     report.rows.size(), cells * session.planned_launches));
  if (!session.complete) text += wrap_paragraph("Not complete: ", session.note);
  return text +
         wrap_paragraph("", fmt::format("Seed {}. Clock: {} a reading, steps of {}; an empty round trip: {}.",
                                        session.seed, format_duration_ns(floors.clock_ns),
                                        format_duration_ns(floors.clock_resolution_ns),
                                        format_duration_ns(floors.null_round_trip_ns)));
}

constexpr const char* kLegend =
    "A round trip is there and back, nothing is halved. CPU: time of both ends together, per message "
    "(latency: per round trip); a spinning end pays for its speed there. ~: the median is uncertain by more "
    "than 10 %, or was measured once. Floors are what the harness or the copying alone costs, not ways to "
    "communicate.";

// The worst first; what two runs of the same check say twice, once.
std::string doubts_text(const std::vector<Doubt>& doubts) {
  std::string text;
  std::set<std::string> said;
  for (const auto level : {Doubt::Level::invalid, Doubt::Level::warn, Doubt::Level::info}) {
    for (const Doubt& doubt : doubts) {
      const std::string line = fmt::format("{} {}", doubt.what, doubt.advice);
      if (doubt.level != level || !said.insert(line).second) continue;
      text += wrap_paragraph(fmt::format("  {:<7} ", name_of(level)), line);
    }
  }
  return text.empty() ? text : "Doubts\n" + text + '\n';
}

// The same reason once: how often, for whom, and one of the cells to try it with.
struct Reason {
  std::size_t count = 0;
  std::set<std::string> mechanisms;
  std::string example;
};

std::string omissions_text(std::string_view title, const std::vector<Omission>& omissions) {
  if (omissions.empty()) return "";
  std::map<std::string, Reason> reasons;
  for (const Omission& omission : omissions) {
    Reason& reason = reasons[omission.reason];
    if (reason.count++ == 0) reason.example = omission.cell;
    reason.mechanisms.insert(omission.cell.substr(0, omission.cell.find('/')));
  }
  std::string text = fmt::format("{}: {}\n", title, omissions.size());
  for (const auto& [what, reason] : reasons) {
    text += wrap_paragraph(
        fmt::format("  {:>5}  ", reason.count),
        fmt::format("{}: {} (such as {})", fmt::join(reason.mechanisms, ", "), what, reason.example));
  }
  return text + '\n';
}

}  // namespace

std::string summary_table(const Report& report) {
  const std::vector<CellSummary> summaries = summarise(report);
  std::string text = title(report, summaries.size()) + '\n' + tables(summaries);
  if (!summaries.empty()) text += wrap_paragraph("", kLegend) + '\n';
  text += doubts_text(report.doubts) + omissions_text("Skipped cells", report.skipped) +
          omissions_text("Failed launches", report.failed);
  text.pop_back();  // the blank line behind the last part
  return text;
}

}  // namespace ipcbench
