#include "results/comparison/paired_hypothesis.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace ipcbench {

std::size_t pairs_in(const Differences& differences) {
  return static_cast<std::size_t>(
      std::ranges::count_if(differences, [](double difference) { return !std::isnan(difference); }));
}

Differences without_gaps(Differences differences) {
  std::erase_if(differences, [](double difference) { return std::isnan(difference); });
  return differences;
}

double spread_of(const Differences& differences, const GateSettings& settings) {
  const Shift shift = estimate_shift(differences, settings.confidence);
  if (shift.confidence <= 0) return std::numeric_limits<double>::infinity();
  const auto count = static_cast<double>(differences.size());
  const boost::math::students_t_distribution<double> t(count - 1);
  const double error = (shift.high - shift.low) / (2 * boost::math::quantile(t, (1 + shift.confidence) / 2));
  // Otherwise more than half of all estimates are too small (median of chi squared, Wilson and Hilferty,
  // 1931).
  const double median_share = std::pow(1 - 2 / (9 * (count - 1)), 3);
  return error * std::sqrt(count / kCentreVariance / median_share);
}

Differences centre_of(const std::vector<const Differences*>& cells) {
  Differences centre;
  for (std::size_t block = 0; !cells.empty() && block < cells.front()->size(); ++block) {
    Differences values;
    for (const Differences* cell : cells) values.push_back((*cell)[block]);
    values = without_gaps(std::move(values));
    centre.push_back(2 * values.size() < cells.size() || values.empty()
                         ? std::numeric_limits<double>::quiet_NaN()
                         : hodges_lehmann(values));
  }
  return centre;
}

}  // namespace ipcbench
