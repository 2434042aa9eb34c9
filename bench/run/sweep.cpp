#include "bench/run/sweep.hpp"

#include <algorithm>

namespace ipcbench {
namespace {

template <class Value, class Fits>
void keep_if(std::vector<Value>& values, Fits fits) {
  std::erase_if(values, [&](const Value& value) { return !fits(value); });
}

bool has_pattern(const Traits& traits, Pattern pattern) {
  const bool reliable_one_way = traits.flow == Flow::one_way && traits.delivery == Delivery::reliable;
  switch (pattern) {
    case Pattern::latency:
    case Pattern::throughput:
      return true;
    case Pattern::oneway:
    case Pattern::paced:
      return !is_floor(traits);
    case Pattern::fanin:
      return reliable_one_way && traits.sharing.senders;
    case Pattern::fanout:
      return reliable_one_way && traits.sharing.receivers;
  }
  return false;
}

void fit_waits(std::vector<Wait>& waits, const Traits& traits) {
  const bool blocks = std::ranges::find(waits, Wait::block) != waits.end();
  keep_if(waits, [&](Wait wait) { return traits.waits.contains(wait); });
  const bool spins = std::ranges::find(waits, Wait::spin) != waits.end();
  if (blocks && !traits.waits.contains(Wait::block) && !spins) waits.push_back(Wait::spin);
}

void fit_sizes(std::vector<std::uint64_t>& sizes, const Traits& traits) {
  keep_if(sizes, [&](std::uint64_t size) {
    return size >= traits.min_message_bytes && size <= traits.max_message_bytes;
  });
  const std::uint64_t longest = traits.max_message_bytes;
  if (longest < 64 && (sizes.empty() || sizes.back() < longest)) sizes.push_back(longest);
}

template <class Value>
void replace(std::vector<Value>& values, const std::vector<Value>& chosen) {
  if (!chosen.empty()) values = chosen;
}

// Every cell once with each of the values.
template <class Value, class Set>
std::vector<Cell> spread(const std::vector<Cell>& cells, const std::vector<Value>& values, Set set) {
  std::vector<Cell> all;
  all.reserve(cells.size() * values.size());
  for (const Cell& cell : cells) {
    for (const Value& value : values) {
      all.push_back(cell);
      set(all.back(), value);
    }
  }
  return all;
}

template <class Value, class Member>
std::vector<Cell> spread(const std::vector<Cell>& cells, const std::vector<Value>& values,
                         Member Cell::*axis) {
  return spread(cells, values,
                [axis](Cell& cell, const Value& value) { cell.*axis = static_cast<Member>(value); });
}

// What this pattern needs besides.
std::vector<Cell> with_pattern(const Axes& axes, Pattern pattern) {
  std::vector<Cell> cells(1);
  cells.front().pattern = pattern;
  if (is_fan(pattern)) return spread(cells, axes.fans, &Cell::fan);
  if (pattern != Pattern::paced) return cells;
  cells = spread(cells, axes.rates, [](Cell& cell, Rate rate) {
    cell.load = {.per_second = rate.per_second, .percent = rate.percent};
  });
  return spread(cells, axes.arrivals, [](Cell& cell, Arrivals arrivals) { cell.load.arrivals = arrivals; });
}

}  // namespace

Axes fitted(Axes axes, const MechanismEntry& entry, const std::vector<Placement>& placements) {
  const Traits& traits = entry.traits;
  keep_if(axes.patterns, [&](Pattern pattern) { return has_pattern(traits, pattern); });
  fit_waits(axes.waits, traits);
  fit_sizes(axes.sizes_bytes, traits);
  keep_if(axes.peers, [&](Peers peers) { return peers != Peers::exec || entry.join != nullptr; });
  keep_if(axes.cpus, [&](Cpus wanted) {
    return std::ranges::find(placements, wanted, &Placement::cpus) != placements.end();
  });
  return axes;
}

Axes replaced(Axes axes, const Axes& chosen) {
  replace(axes.patterns, chosen.patterns);
  replace(axes.sizes_bytes, chosen.sizes_bytes);
  replace(axes.waits, chosen.waits);
  replace(axes.peers, chosen.peers);
  replace(axes.cpus, chosen.cpus);
  replace(axes.payloads, chosen.payloads);
  replace(axes.rates, chosen.rates);
  replace(axes.arrivals, chosen.arrivals);
  replace(axes.fans, chosen.fans);
  return axes;
}

double count_cells(const Axes& axes, std::size_t parameters) {
  const auto of = [](const auto& values) { return static_cast<double>(values.size()); };
  double patterns = 0;
  for (const Pattern pattern : axes.patterns) {
    patterns += is_fan(pattern)             ? of(axes.fans)
                : pattern == Pattern::paced ? of(axes.rates) * of(axes.arrivals)
                                            : 1;
  }
  return patterns * of(axes.waits) * of(axes.peers) * of(axes.cpus) * of(axes.payloads) *
         of(axes.sizes_bytes) * static_cast<double>(parameters);
}

std::vector<Cell> product(const Axes& axes, const std::string& mechanism,
                          const std::vector<Settings>& parameters) {
  std::vector<Cell> cells;
  for (const Pattern pattern : axes.patterns) {
    for (Cell& cell : with_pattern(axes, pattern)) cells.push_back(std::move(cell));
  }
  for (Cell& cell : cells) cell.mechanism = mechanism;
  cells = spread(cells, axes.waits, &Cell::wait);
  cells = spread(cells, axes.peers, &Cell::peers);
  cells = spread(cells, axes.cpus, &Cell::cpus);
  cells = spread(cells, axes.payloads, &Cell::payload);
  cells = spread(cells, parameters, &Cell::parameters);
  return spread(cells, axes.sizes_bytes, &Cell::size_bytes);
}

}  // namespace ipcbench
