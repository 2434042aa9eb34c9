// Computes statistics for an independent program to check: reads a JSON array of cases from standard input,
// {"function": ..., "values": ...}, and writes the array of results.
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "results/comparison/findings.hpp"
#include "results/statistics/sign_flips.hpp"
#include "results/statistics/signed_rank.hpp"
#include "results/statistics/statistics.hpp"
#include "results/statistics/steadiness.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

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
  if (function == "hodges_lehmann") return hodges_lehmann(values);
  if (function == "signed_rank_p") return signed_rank_p(values);
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
