#include "results/summary/standings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <cmath>
#include <map>
#include <tuple>

#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/statistics/statistics.hpp"
#include "results/summary/cell_groups.hpp"
#include "results/summary/marks.hpp"
#include "results/summary/rankings.hpp"

namespace ipcbench {
namespace {

// What an answer of the probe says in a word or two, where it is worth one.
struct Virtue {
  Guarantee guarantee;
  std::string_view answer;  // or how it begins
  std::string_view word;
};
constexpr std::array kVirtues{Virtue{Guarantee::duplex, "yes", "both ways"},
                              Virtue{Guarantee::boundaries, "yes", "whole messages"},
                              Virtue{Guarantee::unrelated, "yes", "by name"},
                              Virtue{Guarantee::senders, "whole", "many senders"},
                              Virtue{Guarantee::priorities, "yes", "priorities"},
                              Virtue{Guarantee::selection, "yes", "choice"},
                              Virtue{Guarantee::reliable, "no", "may lose"}};

std::string guarantees_text(const Report& report, const std::string& mechanism) {
  const auto found = report.guarantees.find(mechanism);
  if (found == report.guarantees.end()) return "";
  std::vector<std::string_view> words;
  for (const Virtue& virtue : kVirtues) {
    const auto answer = found->second.find(virtue.guarantee);
    if (answer != found->second.end() && answer->second.answers() &&
        answer->second.answer.starts_with(virtue.answer))
      words.push_back(virtue.word);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

struct SetUpSamples {
  std::vector<double> ready_ns;
  std::vector<double> tear_down_ns;

  void add(const ReportCell& cell) {
    for (const Launch& launch : cell.launches) {
      const auto& set_up = launch.measurement.set_up;
      if (!set_up || !set_up->first_message_ns) continue;
      ready_ns.push_back(
          static_cast<double>(set_up->create_ns + set_up->connect_ns + *set_up->first_message_ns));
      tear_down_ns.push_back(static_cast<double>(set_up->tear_down_ns));
    }
  }
  [[nodiscard]] std::optional<SetUpSummary> medians() const {
    if (ready_ns.empty()) return std::nullopt;
    return SetUpSummary{median(ready_ns), median(tear_down_ns)};
  }
};

bool takes_part(const CellSummary& summary) {
  return summary.cell.pattern == Pattern::latency && !summary.floor &&
         std::ranges::find(kStandingSizes, summary.cell.size_bytes) != kStandingSizes.end();
}

std::size_t place_of(std::size_t size) {
  return static_cast<std::size_t>(std::ranges::find(kStandingSizes, size) - kStandingSizes.begin());
}

// Relative to the best at each size.
void set_times(std::vector<StandingRow>& all) {
  std::array<const CellSummary*, kStandingSizes.size()> best{};
  for (const StandingRow& each : all) {
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (each.at[i] != nullptr && (best[i] == nullptr || times_between(*each.at[i], *best[i]) > 1))
        best[i] = each.at[i];
    }
  }
  for (StandingRow& each : all) {
    double logs = 0;
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (each.at[i] == nullptr) continue;
      logs += std::log(times_between(*best[i], *each.at[i]));
      ++each.sizes;
    }
    each.times = std::exp(logs / static_cast<double>(each.sizes));
  }
}

std::string cell_text(const CellSummary* summary) {
  if (summary == nullptr) return "-";
  return fmt::format("{}{} ({:.1f})", figure_text(*summary), marks_of(*summary), summary->cpus_busy);
}

// Without the columns on the right that do not fit.
std::string narrowed(TextTable table, std::size_t columns) {
  constexpr std::size_t kLeast = 2 + kStandingSizes.size();
  std::string text = align_columns(table);
  while (text.find('\n') > columns && table.front().size() > kLeast) {
    for (auto& row : table) row.pop_back();
    text = align_columns(table);
  }
  return align_columns(table, columns);
}

// A row of Markdown. Names come from reports, which come from anywhere.
std::string bar(const std::vector<std::string>& texts) {
  std::string row = "|";
  for (const std::string& text : texts)
    row += fmt::format(" {} |", boost::replace_all_copy(text, "|", "\\|"));
  return row + '\n';
}

}  // namespace

std::vector<Standings> standings(const Report& report, const std::vector<CellSummary>& summaries) {
  std::map<Group, std::map<std::string, StandingRow>> groups;
  std::map<std::pair<Group, std::string>, SetUpSamples> samples;
  std::map<Group, const CellSummary*> cells;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const CellSummary& summary = summaries[i];
    if (!takes_part(summary)) continue;
    const Group group = group_of(summary.cell);
    const std::string label = label_of(summary.cell);
    StandingRow& standing = groups[group][label];
    standing.label = label;
    standing.at.at(place_of(summary.cell.size_bytes)) = &summary;
    standing.guarantees = guarantees_text(report, summary.cell.mechanism);
    samples[{group, label}].add(report.cells[i]);
    cells.try_emplace(group, &summary);
  }
  std::vector<Standings> all;
  for (auto& [group, by_label] : groups) {
    Standings table{cells.at(group), {}};
    for (auto& [label, standing] : by_label) {
      standing.set_up = samples.at({group, label}).medians();
      table.order.push_back(std::move(standing));
    }
    set_times(table.order);
    std::ranges::stable_sort(table.order, {}, [](const StandingRow& each) {
      return std::tuple(kStandingSizes.size() - each.sizes, each.times);
    });
    all.push_back(std::move(table));
  }
  return all;
}

std::string title_of(const Standings& standings) {
  std::string title = heading(what(standings.any->cell), standings.any->cell, SIZE_MAX);
  while (title.ends_with('\n')) title.pop_back();
  std::ranges::replace(title, '\n', ' ');
  return title;
}

TextTable table_of(const Standings& standings) {
  TextTable table{{"mechanism", "times best"}};
  for (const std::size_t size : kStandingSizes) table[0].push_back(size_text(size) + " (CPUs)");
  for (const char* const head : {"ready after", "tear-down", "guarantees"}) table[0].emplace_back(head);
  for (const StandingRow& each : standings.order) {
    auto& row = table.emplace_back(std::vector{each.label, fmt::format("{:.2g}", each.times)});
    for (const CellSummary* const summary : each.at) row.push_back(cell_text(summary));
    row.push_back(each.set_up ? format_duration_ns(each.set_up->ready_ns) : "-");
    row.push_back(each.set_up ? format_duration_ns(each.set_up->tear_down_ns) : "-");
    row.push_back(each.guarantees.empty() ? "-" : each.guarantees);
  }
  return table;
}

std::string standings_text(const Report& report, std::size_t columns) {
  const std::vector<CellSummary> summaries = summarise(report);
  std::string text;
  for (const Standings& each : standings(report, summaries)) {
    text += heading(what(each.any->cell), each.any->cell, columns);
    text += narrowed(table_of(each), columns) + '\n';
  }
  return text;
}

std::string standings_markdown(const Report& report) {
  const std::vector<CellSummary> summaries = summarise(report);
  std::string text;
  for (const Standings& each : standings(report, summaries)) {
    const TextTable table = table_of(each);
    text += fmt::format("### {}\n\n{}{}", title_of(each), bar(table[0]),
                        bar(std::vector<std::string>(table[0].size(), "---")));
    for (std::size_t i = 1; i < table.size(); ++i) text += bar(table[i]);
    text += '\n';
  }
  return text;
}

}  // namespace ipcbench
