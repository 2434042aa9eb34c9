// Two cells that differ in one thing, and what many such pairs say together about a statement.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/measured_cells.hpp"

namespace ipcbench {

enum class Quantity { time, cpu };

// Where the subject stands against the reference.
enum class Order { less, more, unclear };

struct SpeedComparison {
  std::string
      subject;  // who is compared, as an axis that the answer may depend on; may be the same throughout
  Quantity quantity = Quantity::time;
  const MeasuredCell* left = nullptr;   // the subject's cell
  const MeasuredCell* right = nullptr;  // the reference's cell

  [[nodiscard]] const Estimate& value(const MeasuredCell& cell) const;
  // less, more: the intervals of the two medians do not overlap. A single launch has no interval and shows
  // nothing.
  [[nodiscard]] Order order() const;
  // The subject's median over the reference's.
  [[nodiscard]] double ratio() const;
};

// What a statement says, in its own words: "faster" and "slower".
struct Saying {
  Order said = Order::more;
  std::string_view less_word = "faster";
  std::string_view more_word = "slower";
};

// How many of the comparisons may show less (and as many more) by chance alone, if no two cells differed: the
// 95 % quantile of a binomial, as intervals that are whole ranges of n and m launches of the same
// distribution lie apart, one below the other, with probability 1 / C(n + m, n). Narrower intervals
// (of nine launches and more) make the bound a little too small, at probabilities below 1e-3.
std::size_t chance_allowance(const std::vector<SpeedComparison>& comparisons);

// confirmed: the difference that was said shows in most comparisons and its opposite in none beyond chance.
// refuted: what was said does not show beyond chance. depends: both show, or one shows in a few. untested:
// no comparisons, or too few launches for any to count.
Answer judge(const std::vector<SpeedComparison>& comparisons, const Saying& saying);

// "fifo/latency/...: 5.15 us [5.10, 5.20] against 4.86 us [4.80, 4.90] of pipe/...".
std::string describe(const SpeedComparison& comparison);

}  // namespace ipcbench
