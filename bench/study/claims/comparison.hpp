// Pairs of cells that differ in one thing, and what many such pairs say together about a statement.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/measured_cells.hpp"

namespace ipcbench {

enum class Quantity { time, cpu };

// How the subject compares with the reference.
enum class Order { less, more, unclear };

struct SpeedComparison {
  Quantity quantity = Quantity::time;
  const MeasuredCell* subject = nullptr;
  const MeasuredCell* reference = nullptr;

  [[nodiscard]] const Estimate& value(const MeasuredCell& cell) const;
  // Both cells were launched more than once. A single launch has no interval and shows nothing.
  [[nodiscard]] bool has_intervals() const;
  // less, more: the intervals of the two medians do not overlap.
  [[nodiscard]] Order order() const;
  // The subject's median over the reference's.
  [[nodiscard]] double ratio() const;
};
using Comparisons = std::vector<SpeedComparison>;

// What a statement says, in its own words.
struct Saying {
  Order said = Order::more;
  std::string_view less_word = "faster";
  std::string_view more_word = "slower";
};

// How many of the comparisons may show less (and as many more) by chance alone if no two cells differed: the
// 95 % quantile of a binomial. Intervals that are the whole ranges of n and m launches of one distribution
// lie apart, one below the other, with probability 1 / C(n + m, n). Narrower intervals (nine launches and
// more) make the bound slightly too small, at probabilities below 1e-3.
std::size_t chance_allowance(const Comparisons& comparisons);

// confirmed: the stated difference shows in most comparisons, and its opposite in none beyond chance.
// refuted: the stated difference does not show beyond chance. depends: both show, or one shows in a few.
// untested: there are no comparisons, or too few launches for any to count.
// The evidence tallies the comparisons by kind of mechanism and placement, and by message size.
Answer judge(Comparisons comparisons, const Saying& saying);

}  // namespace ipcbench
