// Computes statistics for an independent program to check: reads a JSON array of cases from standard input,
// {"function": ..., "values": ...}, and writes the array of results.
#include <algorithm>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <iostream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "results/comparison/compare.hpp"
#include "results/comparison/findings.hpp"
#include "results/statistics/change_points.hpp"
#include "results/statistics/equivalence.hpp"
#include "results/statistics/moderation.hpp"
#include "results/statistics/rank_sum.hpp"
#include "results/statistics/sign_flips.hpp"
#include "results/statistics/signed_rank.hpp"
#include "results/statistics/statistics.hpp"
#include "results/statistics/steadiness.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

VarianceEstimate own_variance(const std::vector<double>& row) {
  return {boost::math::statistics::sample_variance(row), static_cast<double>(row.size() - 1)};
}

SampledReport report_of(const std::string& name, const std::vector<std::vector<double>>& cells,
                        std::size_t session) {
  SampledReport report;
  report.origin = report.session.id = name;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    SampledCell& cell = report.cells.emplace_back();
    cell.name = cell.family = "cell" + std::to_string(c);
    for (std::uint32_t launch = 0; launch < 2; ++launch) {
      Sample& sample = cell.samples.emplace_back(Sample{.launch = launch});
      sample.ns.fill(std::numeric_limits<double>::quiet_NaN());
      sample.ns[place_of(Metric::time)] = std::exp(cells[c].at(session));
    }
  }
  return report;
}

// Compares several bases with a new report: `rows` has the logarithms of the bases of each cell, `candidate`
// the new one's. For each cell in order: the estimate and the interval as logarithms, and the corrected p
// value.
json prediction_of(const std::vector<std::vector<double>>& rows, const std::vector<double>& candidate) {
  std::vector<SampledReport> bases;
  for (std::size_t s = 0; s < rows.front().size(); ++s) {
    bases.push_back(report_of("base" + std::to_string(s), rows, s));
  }
  std::vector<std::vector<double>> fresh;
  for (const double value : candidate) fresh.push_back({value});
  const Comparison comparison = compare(std::move(bases), report_of("new", fresh, 0), {}, {});
  json result = json::array();
  for (std::size_t c = 0; c < rows.size(); ++c) {
    const auto found = std::ranges::find_if(comparison.findings, [&](const Finding& finding) {
      return finding.level == Level::cell && finding.name == "cell" + std::to_string(c);
    });
    for (const double ratio : {found->ratio.estimate, found->ratio.low, found->ratio.high}) {
      result.push_back(std::log(ratio));
    }
    result.push_back(found->p_slower_adjusted);
  }
  return result;
}

json result_of(const json& one) {
  const std::string function = one.at("function");
  const json& values = one.at("values");
  if (function == "median_interval") {
    const Estimate estimate = estimate_median(values, one.at("confidence"));
    return {estimate.median, estimate.low, estimate.high, estimate.confidence};
  }
  if (function == "shift") {
    const Shift shift = estimate_shift(values, one.at("confidence"));
    return {shift.estimate, shift.low, shift.high, shift.confidence};
  }
  if (function == "shift_between") {
    const Shift shift = shift_between(values, one.at("after"), one.at("confidence"));
    return {shift.estimate, shift.low, shift.high, shift.confidence};
  }
  if (function == "rank_sum_p") return rank_sum_p(values, one.at("after"));
  if (function == "likeliest_change") {
    const LevelChange change = likeliest_change(values);
    return {change.first_after, change.p};
  }
  if (function == "hodges_lehmann") return hodges_lehmann(values);
  if (function == "signed_rank_p") return signed_rank_p(values);
  if (function == "margin") {
    const MarginTest test = test_margin(values[0], values[1], values[2], values[3]);
    return {test.p_within, test.p_beyond};
  }
  if (function == "holm") return holm_p(values);
  if (function == "discoveries") return discoveries(values, one.at("rate"));
  if (function == "step_down") {
    const std::vector<Differences> hypotheses = values;
    return step_down_p(hypotheses, SignFlips(hypotheses.front().size(), 1, 0));
  }
  if (function == "drift") {
    std::vector<Window> windows;
    for (const std::uint64_t time_ns : values) windows.push_back({1, time_ns});
    const Drift drift = drift_of(windows).value();
    return {drift.p, drift.later};
  }
  if (function == "variance_prior") {
    std::vector<VarianceEstimate> estimates;
    for (const std::vector<double> one_row : values) estimates.push_back(own_variance(one_row));
    const VarianceEstimate prior = variance_prior(estimates);
    return {prior.variance, std::isinf(prior.freedom) ? -1 : prior.freedom};
  }
  if (function == "moderated_variances") {
    json result = json::array();
    for (const auto& [variance, freedom] :
         moderated_variances(values, one.at("usual") ? Steadiness::at_most_usual : Steadiness::own)) {
      result.push_back(variance);
      result.push_back(freedom);
    }
    return result;
  }
  if (function == "pooled_freedom") return pooled_freedom(values);
  if (function == "prediction") return prediction_of(values, one.at("candidate"));
  if (function == "blocks_to_decide") return blocks_to_decide(values[0], values[1]);
  if (function == "detectable") return detectable_effect(values[0], values[1], values[2], values[3]);
  throw std::invalid_argument("no function " + function);
}

}  // namespace
}  // namespace ipcbench

int main() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  nlohmann::json results = nlohmann::json::array();
  for (const auto& one : nlohmann::json::parse(text)) results.push_back(ipcbench::result_of(one));
  std::cout << results.dump() << '\n';
}
