#include "bench/study/claims/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/special_functions/binomial.hpp>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

double probability_apart_by_chance(const SpeedComparison& comparison) {
  const auto n = static_cast<unsigned>(comparison.left->launches.size());
  const auto m = static_cast<unsigned>(comparison.right->launches.size());
  return 1 / boost::math::binomial_coefficient<double>(n + m, n);
}

std::string text_of(const Estimate& estimate) {
  return fmt::format("{} [{}, {}]", format_duration_ns(estimate.median), format_duration_ns(estimate.low),
                     format_duration_ns(estimate.high));
}

}  // namespace

const Estimate& SpeedComparison::value(const MeasuredCell& cell) const {
  return quantity == Quantity::time ? cell.time_ns : cell.cpu_ns;
}

Order SpeedComparison::order() const {
  const Estimate& ours = value(*left);
  const Estimate& theirs = value(*right);
  if (ours.confidence == 0 || theirs.confidence == 0) return Order::unclear;
  if (ours.high < theirs.low) return Order::less;
  return ours.low > theirs.high ? Order::more : Order::unclear;
}

double SpeedComparison::ratio() const { return value(*left).median / value(*right).median; }

std::size_t chance_allowance(const std::vector<SpeedComparison>& comparisons) {
  if (comparisons.empty()) return 0;
  double expected = 0;
  for (const SpeedComparison& comparison : comparisons) expected += probability_apart_by_chance(comparison);
  const auto n = static_cast<double>(comparisons.size());
  const boost::math::binomial_distribution<double> by_chance(n, std::min(expected / n, 0.5));
  constexpr double kQuantile =
      0.95 - 1e-9;  // that of one pair of three launches each is 0.95, but for rounding
  std::size_t allowance = 0;
  while (boost::math::cdf(by_chance, static_cast<double>(allowance)) < kQuantile) ++allowance;
  return allowance;
}

std::string describe(const SpeedComparison& comparison) {
  const MeasuredCell& left = *comparison.left;
  const MeasuredCell& right = *comparison.right;
  const bool time = comparison.quantity == Quantity::time;
  return fmt::format("{}: {}{} against {} of {}; {} {} against {}.", cell_name(left.cell),
                     time ? "" : "CPU time ", text_of(comparison.value(left)),
                     text_of(comparison.value(right)), cell_name(right.cell),
                     time ? "CPU time of both ends" : "time",
                     format_duration_ns(time ? left.cpu_ns.median : left.time_ns.median),
                     format_duration_ns(time ? right.cpu_ns.median : right.time_ns.median));
}

}  // namespace ipcbench
