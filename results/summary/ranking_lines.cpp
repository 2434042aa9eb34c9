#include "results/summary/ranking_lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "harness/base/text_layout.hpp"
#include "results/summary/cell_groups.hpp"
#include "results/summary/marks.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

using Names = std::vector<std::string>;

std::string kind_text(MechanismKind kind) {
  for (const auto& [value, name, label] : kAxis<MechanismKind>) {
    if (value == kind) return static_cast<char>(std::tolower(label.front())) + std::string(label.substr(1));
  }
  return "";
}

// How many of a kind were ranked, and how many of them are like the best.
struct OfKind {
  std::size_t ranked = 0;
  std::size_t alike = 0;
};

// The names of those that are like the best. A kind stands for its mechanisms where all that were ranked are
// among them.
Names names_of(const Report& report, const std::vector<Ranked>& order) {
  constexpr std::size_t kFewestOfKind = 3;
  std::map<MechanismKind, OfKind> kinds;
  std::set<MechanismKind> named;
  Names names;
  for (const Ranked& each : order) {
    const MechanismInfo* const info = find_info(report.mechanisms, each.cell->cell.mechanism);
    if (info == nullptr) continue;
    kinds[info->kind].ranked += 1;
    kinds[info->kind].alike += each.alike ? 1 : 0;
  }
  for (const Ranked& each : order) {
    if (!each.alike) break;
    const MechanismInfo* const info = find_info(report.mechanisms, each.cell->cell.mechanism);
    const OfKind of = info == nullptr ? OfKind{} : kinds[info->kind];
    if (of.alike < std::max(of.ranked, kFewestOfKind)) {
      names.push_back(label_of(each.cell->cell));
    } else if (named.insert(info->kind).second) {
      names.push_back(fmt::format("all {} of {}", of.ranked, kind_text(info->kind)));
    }
  }
  return names;
}

// As many names as fit, and the number of the others.
std::string list_text(const Names& names, std::size_t shown) {
  const std::size_t some = std::min(shown, names.size());
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<long>(some), ", "));
  if (some < names.size()) text += fmt::format("{}{} more", some == 0 ? "" : " and ", names.size() - some);
  return text;
}

// Stands for a space at which no line is broken.
constexpr char kUnbroken = '\x1f';

// "21 alike, to 43 us: ring_eventfd, pipe and 19 more; then tcp 1.4x", on at most two lines.
std::string winners_text(const Report& report, const Ranking& ranking, const std::string& before,
                         std::size_t columns) {
  constexpr std::size_t kMostLines = 2;
  constexpr std::size_t kMostNext = 3;
  const auto& order = ranking.order;
  const auto alike = static_cast<std::size_t>(std::ranges::count(order, true, &Ranked::alike));
  const Names names = names_of(report, order);
  const std::string count =
      alike == 1 ? "" : fmt::format("{} alike, to {}: ", alike, figure_text(*order[alike - 1].cell));
  Names next;
  for (std::size_t i = alike; i < order.size(); ++i) {
    next.push_back(fmt::format("{}{}{:.{}f}x", order[i].cell->cell.mechanism, kUnbroken, order[i].times,
                               order[i].times < 10 ? 1 : 0));
  }
  std::string text;
  for (std::size_t shown = names.size() + kMostNext; shown > 0; --shown) {
    const std::size_t listed = std::min(shown, names.size());
    const std::size_t following = std::min(shown - listed, next.size());
    text = before + count + list_text(names, listed);
    if (following > 0)
      text += fmt::format("; then {}",
                          list_text({next.begin(), next.begin() + static_cast<long>(following)}, following));
    text = wrap_paragraph("", text, columns);
    std::ranges::replace(text, kUnbroken, ' ');
    if (lines_in(text) <= kMostLines) break;
  }
  return text;
}

// What precedes the winners: size, waiting, median and CPUs, all of fixed width.
struct Layout {
  std::size_t columns;
  // Where the names would have too little room beside the figures, they go below them.
  static constexpr std::size_t kFigures = 39;
  static constexpr std::size_t kBelow = 6;
  [[nodiscard]] bool beside() const { return columns >= kFigures + 33; }
  [[nodiscard]] std::size_t indent() const { return beside() ? kFigures : kBelow; }
};

std::string figures_text(std::string_view size, std::string_view wait, std::string_view median,
                         std::string_view cpus) {
  return fmt::format("{:<7} {:<8} {:>10} {:>9}  ", size, wait, median, cpus);
}

std::string indented(const std::string& text, std::size_t indent) {
  std::string result = text;
  for (std::size_t at = result.find('\n'); at != std::string::npos && at + 1 < result.size();
       at = result.find('\n', at + 1)) {
    result.insert(at + 1, indent, ' ');
  }
  return result;
}

// A line for a way of waiting. `first`: the ranking whose line came first at this size; null: this is it.
std::string line_text(const Report& report, const Ranking& ranking, const Ranking* first, Layout layout) {
  const CellSummary& best = *ranking.order.front().cell;
  const double faster = first == nullptr ? 1 : times_between(best, *first->order.front().cell);
  const std::string figures =
      figures_text(first == nullptr ? size_text(ranking.size_bytes) : "", name_of(best.cell.wait),
                   figure_text(best) + (is_precise(figure_of(best)) ? "" : std::string(1, kUncertain)),
                   fmt::format("{:.1f} CPUs", best.cpus_busy));
  const std::string before =
      first == nullptr ? "" : fmt::format("{:.{}f} times as fast: ", faster, faster < 10 ? 1 : 0);
  const std::string winners = winners_text(report, ranking, before, layout.columns - layout.indent());
  if (layout.beside()) return figures + indented(winners, layout.indent());
  const std::string own_line = figures.substr(0, figures.find_last_not_of(' ') + 1) + '\n';
  return own_line + std::string(layout.indent(), ' ') + indented(winners, layout.indent());
}

}  // namespace

std::size_t lines_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::string ranking_lines(const Report& report, const std::vector<const Ranking*>& by_wait,
                          std::size_t columns) {
  const Layout layout{columns};
  constexpr double kWorthwhile = 1.2;
  std::string text = line_text(report, *by_wait.front(), nullptr, layout);
  double most = kWorthwhile;
  for (const Ranking* ranking : by_wait) {
    const double faster = times_between(*ranking->order.front().cell, *by_wait.front()->order.front().cell);
    if (faster < most) continue;
    most = kWorthwhile * faster;
    text += line_text(report, *ranking, by_wait.front(), layout);
  }
  return text;
}

}  // namespace ipcbench
