#include "results/comparison/session_centres.hpp"

#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <map>

#include "results/statistics/moderation.hpp"

namespace ipcbench {
namespace {

LogDifference predicted(const SessionCentres& centres, const VarianceEstimate& spread) {
  const std::vector<double> bases = centres.known();
  const double factor = 1 + 1 / static_cast<double>(bases.size());
  return {centres.candidate - boost::math::statistics::mean(bases),
          {part_of(spread.variance * factor, spread.freedom), centres.fewer_launches}};
}

// Moderates the variances over the findings of one level and metric.
void predict(Level level, const Tested<SessionCentres>& tested, const std::vector<std::size_t>& alike,
             std::vector<LogDifference>& differences) {
  std::vector<std::vector<double>> rows;
  rows.reserve(alike.size());
  for (const std::size_t i : alike) rows.push_back(tested.numbers[i].known());
  const std::vector<VarianceEstimate> spreads = moderated_variances(rows, steadiness_of(level));
  for (std::size_t k = 0; k < alike.size(); ++k) {
    differences[alike[k]] = predicted(tested.numbers[alike[k]], spreads[k]);
  }
}

}  // namespace

std::vector<double> SessionCentres::known() const {
  std::vector<double> known = bases;
  std::erase_if(known, [](double centre) { return std::isnan(centre); });
  return known;
}

std::vector<LogDifference> predicted_differences(const Tested<SessionCentres>& tested) {
  std::vector<LogDifference> differences;
  std::map<std::pair<Level, Metric>, std::vector<std::size_t>> alike;
  for (std::size_t i = 0; i < tested.findings.size(); ++i) {
    const SessionCentres& centres = tested.numbers[i];
    differences.push_back({.estimate = centres.candidate, .parts = {}, .judged = false});
    if (centres.judged) alike[{tested.findings[i].level, tested.findings[i].metric}].push_back(i);
  }
  for (const auto& [what, indices] : alike) predict(what.first, tested, indices, differences);
  return differences;
}

}  // namespace ipcbench
