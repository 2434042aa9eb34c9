#include "results/summary/rankings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace ipcbench {
namespace {

using Indices = std::vector<std::size_t>;

// The places of the cells of each ranking, without floors.
std::map<std::pair<Group, std::size_t>, Indices> members_of(const std::vector<Contestant>& all) {
  std::map<std::pair<Group, std::size_t>, Indices> members;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].floor) members[{group_of(*all[i].cell), all[i].cell->size_bytes}].push_back(i);
  }
  return members;
}

double times_between(Pattern pattern, double faster, double slower) {
  return times_messages(pattern) ? slower / faster : faster / slower;
}

bool is_better(const Contestant& a, const Contestant& b) {
  return times_between(a.cell->pattern, a.figure.median, b.figure.median) > 1;
}

// `members`: indices of summaries. `leads`: of leaders().
Ranking rank(const std::vector<CellSummary>& summaries, Indices members, const std::vector<bool>& leads) {
  std::ranges::stable_sort(
      members, [&](std::size_t a, std::size_t b) { return times_between(summaries[a], summaries[b]) > 1; });
  const std::size_t best = members.front();
  std::set<std::string_view> alike;  // mechanisms with any setting that cannot be told from the best
  for (const std::size_t index : members) {
    if (leads[index]) alike.insert(summaries[index].cell.mechanism);
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
  return times_between(faster.cell.pattern, figure_of(faster).median, figure_of(slower).median);
}

std::vector<bool> leaders(const std::vector<Contestant>& all) {
  const Ties tied = ties(all);
  std::vector<bool> leads(all.size());
  for (const auto& [of, members] : members_of(all)) {
    const std::size_t best = *std::ranges::min_element(
        members, [&](std::size_t a, std::size_t b) { return is_better(all[a], all[b]); });
    leads[best] = true;
    for (const std::size_t index : tied[best]) leads[index] = true;
  }
  return leads;
}

std::vector<Ranking> rankings(const std::vector<CellSummary>& summaries) {
  const std::vector<Contestant> all = contestants(summaries);
  const std::vector<bool> leads = leaders(all);
  std::vector<Ranking> ranked;
  for (const auto& [of, members] : members_of(all)) ranked.push_back(rank(summaries, members, leads));
  return ranked;
}

}  // namespace ipcbench
