// On which axes of the cells the outcome of comparisons depends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/study/claims/comparison.hpp"

namespace ipcbench {

struct Tally {
  std::size_t less = 0;
  std::size_t more = 0;
  std::size_t unclear = 0;

  void add(Order order) { ++of(order); }
  void add(const Tally& other);
  std::size_t& of(Order order) { return order == Order::less ? less : order == Order::more ? more : unclear; }
  [[nodiscard]] std::size_t count(Order order) const { return Tally(*this).of(order); }
  [[nodiscard]] std::size_t total() const { return less + more + unclear; }
};
Tally tally(const std::vector<SpeedComparison>& comparisons);

// The axes on which two comparisons can differ. The size comes last, so that a group's sizes follow each
// other.
enum class CellAxis { mechanism, quantity, pattern, wait, peers, cpus, payload, size };
using AxisSet = std::vector<CellAxis>;  // ascending

// "the size", "the placement".
std::string_view name_of(CellAxis axis);

// The axes that tell the comparisons of order `a` from those of order `b`: the fewest, and three at the most,
// that leave no more than chance makes in a group in which the other order has the majority. None if no axis
// tells anything.
AxisSet separating_axes(const std::vector<SpeedComparison>& comparisons, Order a, Order b);

// Neighbouring sizes of the same outcome, in groups that are alike on the other axes.
struct Run {
  std::vector<std::string> place;  // on the axes, in their order, the size left out
  std::string first_size;          // empty if the size is none of the axes
  std::string last_size;
  Order outcome = Order::unclear;  // of most
  Tally counts;
};
std::vector<Run> runs_by(const AxisSet& axes, const std::vector<SpeedComparison>& comparisons);

}  // namespace ipcbench
