#include "bench/study/claims/comparison_axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using Comparisons = std::vector<SpeedComparison>;

// A point on an axis: `rank` puts sizes in the order of their numbers, and all else in that of the names.
struct Coordinate {
  std::uint64_t rank = 0;
  std::string name;

  friend auto operator<=>(const Coordinate&, const Coordinate&) = default;
};

constexpr std::array<std::string_view, 8> kAxisNames{
    "the mechanism",     "what is counted (time or CPU time)",
    "the pattern",       "the waiting",
    "the kind of peers", "the placement",
    "the payload",       "the size"};

std::string text_on(CellAxis axis, const SpeedComparison& comparison) {
  const Cell& cell = comparison.left->cell;
  switch (axis) {
    case CellAxis::mechanism:
      return comparison.subject;
    case CellAxis::quantity:
      return comparison.quantity == Quantity::time ? "time" : "CPU time";
    case CellAxis::pattern:
      return std::string(name_of(cell.pattern));
    case CellAxis::wait:
      return fmt::format("wait:{}", name_of(cell.wait));
    case CellAxis::peers:
      return fmt::format("peers:{}", name_of(cell.peers));
    case CellAxis::cpus:
      return fmt::format("cpus:{}", name_of(cell.cpus));
    case CellAxis::payload:
      return fmt::format("payload:{}", name_of(cell.payload));
    case CellAxis::size:
      return format_size(cell.size_bytes);
  }
  return "?";
}

Coordinate coordinate(CellAxis axis, const SpeedComparison& comparison) {
  return {axis == CellAxis::size ? comparison.left->cell.size_bytes : 0, text_on(axis, comparison)};
}

using Groups = std::map<std::vector<Coordinate>, Tally>;

Groups group_by(const Comparisons& comparisons, const AxisSet& axes) {
  Groups groups;
  for (const SpeedComparison& comparison : comparisons) {
    std::vector<Coordinate> place;
    place.reserve(axes.size());
    for (const CellAxis axis : axes) place.push_back(coordinate(axis, comparison));
    groups[place].add(comparison.order());
  }
  return groups;
}

// How many stand in a group in which the other order has the majority.
std::size_t misplaced(const Comparisons& comparisons, const AxisSet& axes, Order a, Order b) {
  std::size_t count = 0;
  for (const auto& [place, tally] : group_by(comparisons, axes))
    count += std::min(tally.count(a), tally.count(b));
  return count;
}

constexpr std::size_t index_of(CellAxis axis) { return static_cast<std::size_t>(axis); }

// Every set of `count` axes.
std::vector<AxisSet> axis_sets(std::size_t count) {
  std::vector<AxisSet> sets{{}};
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<AxisSet> wider;
    for (const AxisSet& set : sets) {
      for (std::size_t axis = set.empty() ? 0 : index_of(set.back()) + 1; axis < kAxisNames.size(); ++axis) {
        wider.push_back(set);
        wider.back().push_back(static_cast<CellAxis>(axis));
      }
    }
    sets = std::move(wider);
  }
  return sets;
}

Order majority(const Tally& tally) {
  if (tally.less > tally.more && tally.less >= tally.unclear) return Order::less;
  if (tally.more > tally.less && tally.more >= tally.unclear) return Order::more;
  return Order::unclear;
}

void append(std::vector<Run>& runs, std::vector<std::string> place, const std::string& size,
            const Tally& counts) {
  const Order outcome = majority(counts);
  const bool goes_on = !runs.empty() && runs.back().outcome == outcome && runs.back().place == place;
  if (!goes_on) {
    runs.push_back(
        {.place = std::move(place), .first_size = size, .last_size = size, .outcome = outcome, .counts = {}});
  }
  runs.back().last_size = size;
  runs.back().counts.add(counts);
}

}  // namespace

void Tally::add(const Tally& other) {
  less += other.less;
  more += other.more;
  unclear += other.unclear;
}

Tally tally(const Comparisons& comparisons) {
  Tally tally;
  for (const SpeedComparison& comparison : comparisons) tally.add(comparison.order());
  return tally;
}

std::string_view name_of(CellAxis axis) { return kAxisNames[index_of(axis)]; }

// One axis more at a time, as the best two need not include the best one, until what is left in the wrong
// group is no more than chance makes. More than three axes would be a list of cells and not an answer.
AxisSet separating_axes(const Comparisons& all, Order a, Order b) {
  constexpr std::size_t kMostAxes = 3;
  Comparisons comparisons;
  std::ranges::copy_if(all, std::back_inserter(comparisons), [&](const SpeedComparison& comparison) {
    return comparison.order() == a || comparison.order() == b;
  });
  const std::size_t chance = chance_allowance(all);
  AxisSet best;
  std::size_t fewest = misplaced(comparisons, best, a, b);
  for (std::size_t count = 1; count <= kMostAxes && (best.empty() || fewest > chance); ++count) {
    for (const AxisSet& axes : axis_sets(count)) {
      const std::size_t wrong = misplaced(comparisons, axes, a, b);
      if (wrong >= fewest) continue;
      fewest = wrong;
      best = axes;
    }
  }
  return best;
}

std::vector<Run> runs_by(const AxisSet& axes, const Comparisons& comparisons) {
  const bool by_size = !axes.empty() && axes.back() == CellAxis::size;
  std::vector<Run> runs;
  for (const auto& [place, counts] : group_by(comparisons, axes)) {
    std::vector<std::string> names;
    for (const Coordinate& at : place) names.push_back(at.name);
    const std::string size = by_size ? names.back() : "";
    if (by_size) names.pop_back();
    append(runs, std::move(names), size, counts);
  }
  return runs;
}

}  // namespace ipcbench
