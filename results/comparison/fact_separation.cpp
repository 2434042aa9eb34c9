#include "results/comparison/fact_separation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "results/statistics/rank_sum.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

// By fact: the value of each machine; nullptr: untold.
std::map<std::string, std::vector<const std::string*>> values_by_fact(
    const std::vector<const std::vector<Fact>*>& machines) {
  std::map<std::string, std::vector<const std::string*>> values;
  for (std::size_t i = 0; i < machines.size(); ++i) {
    for (const Fact& fact : *machines[i]) {
      auto& each = values[fact.name];
      each.resize(machines.size());
      each[i] = &fact.value;
    }
  }
  return values;
}

std::vector<FactSide> sides_of(const std::string& value, const std::vector<const std::string*>& values) {
  std::vector<FactSide> sides;
  sides.reserve(values.size());
  for (const std::string* each : values)
    sides.push_back(each == nullptr ? FactSide::untold : *each == value ? FactSide::with : FactSide::without);
  return sides;
}

bool has_enough(const std::vector<FactSide>& sides) {
  return std::ranges::count(sides, FactSide::with) >= static_cast<std::ptrdiff_t>(kFewestPeers) &&
         std::ranges::count(sides, FactSide::without) >= static_cast<std::ptrdiff_t>(kFewestPeers);
}

}  // namespace

std::vector<FactSplit> fact_splits(const std::vector<Fact>& own,
                                   const std::vector<const std::vector<Fact>*>& machines) {
  const auto by_fact = values_by_fact(machines);
  std::map<std::vector<FactSide>, FactSplit> splits;
  for (const Fact& fact : own) {
    const auto values = by_fact.find(fact.name);
    if (values == by_fact.end()) continue;
    std::map<std::string, std::size_t> counts;
    for (const std::string* value : values->second) counts[value == nullptr ? fact.value : *value] += 1;
    for (const auto& [value, count] : counts) {
      if (value == fact.value || count < kFewestPeers) continue;
      std::vector<FactSide> sides = sides_of(value, values->second);
      if (!has_enough(sides)) continue;
      FactSplit& split = splits[sides];
      split.facts.push_back({fact.name, value});
      split.own.push_back(fact);
      split.sides = std::move(sides);
    }
  }
  std::vector<FactSplit> list;
  list.reserve(splits.size());
  for (auto& [sides, split] : splits) list.push_back(std::move(split));
  return list;
}

Separation separation_by(const FactSplit& split, const std::vector<double>& values) {
  std::vector<double> with;
  std::vector<double> without;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (split.sides[i] == FactSide::with) with.push_back(values[i]);
    if (split.sides[i] == FactSide::without) without.push_back(values[i]);
  }
  return {.cell = {},
          .facts = split.facts,
          .own = split.own,
          .times_as_fast = std::exp(median(without) - median(with)),
          .p = rank_sum_p(with, without),
          .with = with.size(),
          .without = without.size()};
}

bool is_shared_by_best(const FactSplit& split, const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t machine) { return values[machine]; });
  order.resize((order.size() + 3) / 4);
  const auto on = [&](FactSide side) {
    return std::ranges::count_if(order, [&](std::size_t machine) { return split.sides[machine] == side; });
  };
  return on(FactSide::with) > on(FactSide::without);
}

}  // namespace ipcbench
