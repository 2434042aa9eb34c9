#include "results/comparison/distance_classes.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/base/line_distance.hpp"

namespace ipcbench {
namespace {

struct Placed {
  const Sample* sample;
  bool is_base;
};

std::vector<Placed> by_distance(const CellPair& cell) {
  std::vector<Placed> placed;
  placed.reserve(cell.base->samples.size() + cell.candidate->samples.size());
  for (const Sample& sample : cell.base->samples) placed.push_back({&sample, true});
  for (const Sample& sample : cell.candidate->samples) placed.push_back({&sample, false});
  const bool known =
      std::ranges::none_of(placed, [](const Placed& each) { return std::isnan(each.sample->line_rtt_ns); });
  if (known) {
    std::ranges::stable_sort(placed, {}, [](const Placed& each) { return each.sample->line_rtt_ns; });
  }
  return placed;
}

}  // namespace

std::vector<DistanceClass> distance_classes(const CellPair& cell) {
  std::vector<DistanceClass> classes;
  const Sample* nearest = nullptr;
  for (const auto& [sample, is_base] : by_distance(cell)) {
    if (nearest == nullptr || !at_one_distance(*nearest, *sample)) {
      nearest = sample;
      classes.emplace_back();
    }
    (is_base ? classes.back().base : classes.back().candidate).push_back(*sample);
  }
  return classes;
}

std::vector<DistanceClass> comparable_classes(const CellPair& cell) {
  std::vector<DistanceClass> classes = distance_classes(cell);
  if (classes.size() < 2) return classes;
  std::erase_if(classes, [](const DistanceClass& each) {
    return std::min(each.base.size(), each.candidate.size()) < kFewestOfClass;
  });
  return classes;
}

bool at_one_distance(const Sample& base, const Sample& candidate) {
  if (std::isnan(base.line_rtt_ns) || std::isnan(candidate.line_rtt_ns)) return true;
  return same_distance(base.line_rtt_ns, candidate.line_rtt_ns);
}

MovedPairs moved_pairs(const std::vector<CellPair>& cells) {
  MovedPairs pairs;
  for (const CellPair& cell : cells) {
    for (const Sample& base : cell.base->samples) {
      const auto candidate = std::ranges::find(cell.candidate->samples, base.launch, &Sample::launch);
      if (candidate == cell.candidate->samples.end()) continue;
      ++pairs.all;
      if (!at_one_distance(base, *candidate)) ++pairs.moved;
    }
  }
  return pairs;
}

}  // namespace ipcbench
