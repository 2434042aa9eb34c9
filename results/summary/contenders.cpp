#include "results/summary/contenders.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "results/summary/cell_groups.hpp"

namespace ipcbench {
namespace {

bool is_better(Pattern pattern, double a, double b) { return times_messages(pattern) ? a < b : a > b; }

bool reaches(const Estimate& a, const Estimate& b) { return a.low <= b.high && b.low <= a.high; }

}  // namespace

std::vector<bool> contenders(const std::vector<Contestant>& all) {
  std::map<std::pair<Group, std::size_t>, const Contestant*> best;
  std::vector<const Contestant**> of_each;
  of_each.reserve(all.size());
  for (const Contestant& each : all) {
    const Contestant*& leader = best[{group_of(*each.cell), each.cell->size_bytes}];
    if (leader == nullptr || is_better(each.cell->pattern, each.figure.median, leader->figure.median))
      leader = &each;
    of_each.push_back(&leader);
  }
  std::vector<bool> contends;
  contends.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool read = std::ranges::find(kReadFirst, all[i].cell->size_bytes) != kReadFirst.end();
    contends.push_back(read && reaches(all[i].figure, (*of_each[i])->figure));
  }
  return contends;
}

}  // namespace ipcbench
