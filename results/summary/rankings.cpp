#include "results/summary/rankings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "results/summary/ties.hpp"

namespace ipcbench {
namespace {

// `members`: indices of summaries.
Ranking rank(const std::vector<CellSummary>& summaries, std::vector<std::size_t> members,
             const std::vector<std::vector<std::size_t>>& tied) {
  std::ranges::stable_sort(
      members, [&](std::size_t a, std::size_t b) { return times_between(summaries[a], summaries[b]) > 1; });
  const std::size_t best = members.front();
  const auto like_best = [&](std::size_t index) {
    return index == best || std::ranges::binary_search(tied[best], index);
  };
  std::set<std::string_view> alike;  // mechanisms with any setting that cannot be told from the best
  for (const std::size_t index : members) {
    if (like_best(index)) alike.insert(summaries[index].cell.mechanism);
  }
  Ranking ranking{group_of(summaries[best].cell), summaries[best].cell.size_bytes, {}};
  std::set<std::string_view> seen;
  for (const std::size_t index : members) {
    const CellSummary& summary = summaries[index];
    if (!seen.insert(summary.cell.mechanism).second) continue;
    ranking.order.push_back(
        {&summary, times_between(summaries[best], summary), alike.contains(summary.cell.mechanism)});
  }
  std::ranges::stable_partition(ranking.order, &Ranked::alike);
  return ranking;
}

}  // namespace

double times_between(const CellSummary& faster, const CellSummary& slower) {
  const double a = figure_of(faster).median;
  const double b = figure_of(slower).median;
  return times_messages(faster.cell.pattern) ? b / a : a / b;
}

const Estimate& figure_of(const CellSummary& summary) {
  const bool counted = !times_messages(summary.cell.pattern) && summary.messages_per_second;
  return counted ? *summary.messages_per_second : summary.time_ns;
}

std::vector<Ranking> rankings(const std::vector<CellSummary>& summaries) {
  std::map<std::pair<Group, std::size_t>, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const CellSummary& summary = summaries[i];
    if (!summary.floor) members[{group_of(summary.cell), summary.cell.size_bytes}].push_back(i);
  }
  const auto tied = ties(summaries);
  std::vector<Ranking> all;
  all.reserve(members.size());
  for (const auto& [of, indices] : members) all.push_back(rank(summaries, indices, tied));
  return all;
}

}  // namespace ipcbench
