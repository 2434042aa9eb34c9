#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>

#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/class_rank_view.hpp"
#include "results/comparison/short_names.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kMostFamilies = 12;
constexpr std::size_t kMostFactLines = 5;
constexpr double kWholePercent = 100;

using RankRows = std::vector<std::vector<std::string>>;

std::string percent_text(double share) { return fmt::format("{:.0f} %", kWholePercent * share); }
std::string factor_text(double factor) { return fmt::format("{:.2f}x", factor); }

std::string interval_text(std::size_t low, std::size_t high) {
  return low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
}

std::string quarter_text(const Standing& standing) {
  if (standing.has_few()) return "few machines";
  if (standing.is_among_best()) return "yes";
  return standing.is_behind() ? "no" : "unclear";
}

// A family's cells: medians, and the span of their intervals.
struct FamilyStanding {
  std::string name;
  std::vector<double> ranks, shares, of_best, of_median;
  std::size_t low = SIZE_MAX;
  std::size_t high = 0;
  std::size_t machines = 0;
  std::size_t behind = 0;

  void add(const Standing& cell) {
    ranks.push_back(static_cast<double>(cell.rank.rank));
    shares.push_back(cell.faster_than);
    of_best.push_back(cell.of_best);
    of_median.push_back(cell.of_median);
    low = std::min(low, cell.rank.low);
    high = std::max(high, cell.rank.high);
    machines = std::max(machines, cell.machines);
    behind += cell.is_behind() ? 1U : 0U;
  }
};

// The furthest behind first.
std::vector<FamilyStanding> families_of(const std::vector<Standing>& standings) {
  std::map<std::string, FamilyStanding> by_name;
  for (const Standing& standing : standings) by_name[standing.family].add(standing);
  std::vector<FamilyStanding> families;
  for (auto& [name, family] : by_name) {
    families.push_back(std::move(family));
    families.back().name = name;
  }
  std::ranges::stable_sort(families, {}, [](const FamilyStanding& family) { return median(family.shares); });
  return families;
}

std::vector<std::string> family_row(const FamilyStanding& family, const ShortNames& names) {
  return {names.cell(family.name),
          fmt::format("{}", family.ranks.size()),
          fmt::format("{}", median(family.ranks)),
          interval_text(family.low, family.high),
          fmt::format("{}", family.machines),
          percent_text(median(family.shares)),
          factor_text(median(family.of_best)),
          factor_text(median(family.of_median)),
          fmt::format("{}", family.behind)};
}

std::string families_text(const ClassRank& rank, const ShortNames& names, std::size_t columns) {
  const std::vector<FamilyStanding> families = families_of(rank.standings);
  RankRows rows{{"Family", "cells", "rank", "95 %", "of", "faster than", "/ best", "/ median", "behind"}};
  for (std::size_t i = 0; i < std::min(kMostFamilies, families.size()); ++i)
    rows.push_back(family_row(families[i], names));
  std::string text = '\n' + align_columns(rows, columns);
  if (families.size() > kMostFamilies)
    text += fmt::format("... and {} better ones; --all shows each cell\n", families.size() - kMostFamilies);
  return text;
}

std::string standings_text(const ClassRank& rank, const ShortNames& names, std::size_t columns) {
  RankRows rows{{"Cell", "time", "rank", "95 %", "of", "faster than", "/ best", "/ median", "best quarter"}};
  for (const Standing& cell : rank.standings) {
    rows.push_back({names.cell(cell.cell), format_duration_ns(cell.time_ns),
                    fmt::format("{}", cell.rank.rank), interval_text(cell.rank.low, cell.rank.high),
                    fmt::format("{}", cell.machines), percent_text(cell.faster_than),
                    factor_text(cell.of_best), factor_text(cell.of_median), quarter_text(cell)});
  }
  return '\n' + align_columns(rows, columns);
}

// "governor performance (here powersave)": the first facts; there may be dozens.
std::string facts_text(const Separation& separation) {
  constexpr std::size_t kMostFacts = 3;
  constexpr std::size_t kMostBytes = 40;  // of a value
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(kMostFacts, separation.facts.size()); ++i) {
    texts.push_back(fmt::format("{} {} (here {})", separation.facts[i].name,
                                shortened_line(separation.facts[i].value, kMostBytes),
                                shortened_line(separation.own[i].value, kMostBytes)));
  }
  if (separation.facts.size() > kMostFacts)
    texts.push_back(counted(separation.facts.size() - kMostFacts, "more fact"));
  return printable_line(fmt::format("{}", fmt::join(texts, ", ")));
}

std::string separation_text(const Separation& separation) {
  return fmt::format("machines with {}: {:.2f} times as fast, p {:.1g}, {} against {} machines",
                     facts_text(separation), separation.times_as_fast, separation.p, separation.with,
                     separation.without);
}

std::string overall_facts_text(const ClassRank& rank, std::size_t columns) {
  std::string text;
  for (const Separation& each : rank.overall_facts)
    text += wrap_paragraph("  all cells: ", separation_text(each), columns);
  return text;
}

std::string each_cell_facts_text(const ClassRank& rank, const ShortNames& names, std::size_t columns) {
  std::string text;
  for (const Separation& each : rank.cell_facts)
    text += wrap_paragraph("  ", names.cell(each.cell) + ": " + separation_text(each), columns);
  return text;
}

// One line for all cells that the same facts separate, those of the most cells first.
std::string cell_facts_text(const ClassRank& rank, std::size_t columns) {
  std::map<std::string, std::vector<double>> by_facts;
  for (const Separation& each : rank.cell_facts) by_facts[facts_text(each)].push_back(each.times_as_fast);
  std::vector<std::pair<std::string, std::vector<double>>> lines(by_facts.begin(), by_facts.end());
  std::ranges::stable_sort(lines, std::ranges::greater{},
                           [](const auto& line) { return line.second.size(); });
  std::string text;
  for (std::size_t i = 0; i < std::min(kMostFactLines, lines.size()); ++i) {
    const auto& [facts, factors] = lines[i];
    const auto [least, most] = std::ranges::minmax(factors);
    text += wrap_paragraph(fmt::format("  {}: ", counted(factors.size(), "cell")),
                           fmt::format("machines with {}: {:.2f} times as fast ({:.2f} to {:.2f})", facts,
                                       median(factors), least, most),
                           columns);
  }
  if (lines.size() > kMostFactLines)
    text += fmt::format("  ... and {} more; --all shows them by cell\n", lines.size() - kMostFactLines);
  return text;
}

std::string separations_text(const ClassRank& rank, const ShortNames& names, bool all, std::size_t columns) {
  const std::string facts =
      overall_facts_text(rank, columns) +
      (all ? each_cell_facts_text(rank, names, columns) : cell_facts_text(rank, columns));
  if (facts.empty()) {
    return '\n' +
           wrap_paragraph(
               "",
               rank.tested == 0
                   ? "No fact can be tested: none has a value that this machine lacks, with at "
                     "least 3 other machines on each side."
                   : fmt::format(
                         "{} tested: nothing that the fast machines share and this one lacks separates them.",
                         counted(rank.tested, "difference of facts")),
               columns);
  }
  return "\nFacts that separate. Machines that differ in one fact may differ in others, so this is no "
         "cause:\n" +
         facts;
}

std::string rank_head_text(const ClassRankView& view, std::size_t columns) {
  const StandingOverall& overall = view.rank.overall;
  std::string text = wrap_paragraph(
      "",
      printable_line(fmt::format(
          "{} among {} of {}, by the newest valid session of each that has the cell; {} of the report's {}",
          view.host, counted(overall.machines - 1, "other machine"), view.among, view.rank.standings.size(),
          counted(view.cells, "cell"))),
      columns);
  if (view.invalid) text += "The report says itself that its figures cannot be trusted.\n";
  text += fmt::format("All cells together: rank {} of {}, faster than {}, {} the median machine's time.\n",
                      overall.rank, overall.machines, percent_text(overall.faster_than),
                      factor_text(overall.of_median));
  const auto few = std::ranges::count_if(view.rank.standings, &Standing::has_few);
  if (few > 0)
    text += wrap_paragraph("",
                           fmt::format("{} with fewer than {} other machines: their ranks say little.",
                                       counted(static_cast<std::size_t>(few), "cell"), kFewestPeers),
                           columns);
  return text;
}

}  // namespace

std::string class_rank_text(const ClassRankView& view, bool all, std::size_t columns) {
  std::vector<std::string> cells;
  cells.reserve(view.rank.standings.size());
  for (const Standing& standing : view.rank.standings) cells.push_back(standing.cell);
  const ShortNames names(cells);
  std::string text = rank_head_text(view, columns);
  if (!names.shared().empty()) text += wrap_paragraph("", "All: " + names.shared() + ".", columns);
  return text + (all ? standings_text(view.rank, names, columns) : families_text(view.rank, names, columns)) +
         separations_text(view.rank, names, all, columns);
}

}  // namespace ipcbench
