#include "plots/comparison_data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "results/comparison/compare.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/trend.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

// Kept as they are.
constexpr std::array<std::string_view, 10> kParts{
    "headline",       "verdict",   "method", "why_informational", "cells",
    "geometric_mean", "differing", "doubts", "left_out",          "absences"};
constexpr std::array<std::string_view, 6> kTexts{"level", "name", "family", "metric", "verdict", "reason"};
constexpr std::array<std::string_view, 3> kNumbers{"base_ns", "new_ns", "smallest_effect"};

// Five digits are more than any figure has; the page is as long as they are.
json rounded(const json& number) {
  if (!number.is_number()) return number;
  const double value = number.get<double>();
  if (value == 0) return value;
  const double scale = std::pow(10, 4 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

bool is_kept(const json& finding) {
  const bool changed = finding["verdict"] != "inconclusive" && finding["verdict"] != "unchanged";
  return finding["level"] != "cell" || finding["metric"] == "time" || changed;
}

json to_columns(const json& findings) {
  json columns = json::object();
  for (const std::string_view name : kTexts) columns[name] = json::array();
  for (const std::string_view name : kNumbers) columns[name] = json::array();
  for (const std::string_view name : {"ratio", "low", "high"}) columns[name] = json::array();
  for (const json& finding : findings) {
    if (!is_kept(finding)) continue;
    for (const std::string_view name : kTexts) columns[name].push_back(finding[name]);
    for (const std::string_view name : kNumbers) columns[name].push_back(rounded(finding[name]));
    columns["ratio"].push_back(rounded(finding["ratio"]["estimate"]));
    columns["low"].push_back(rounded(finding["ratio"]["low"]));
    columns["high"].push_back(rounded(finding["ratio"]["high"]));
  }
  return columns;
}

json to_compared(const Comparison& comparison) {
  const json all = json::parse(comparison_json(comparison, {}));
  json compared = json::object();
  for (const std::string_view part : kParts) compared[part] = all[part];
  compared["findings"] = to_columns(all["findings"]);
  return compared;
}

// Two reports without a common cell, or bases that do not fit, are no reason to draw nothing.
template <class Compare>
json compared(const std::string& base, const std::string& candidate, const Compare& compare) {
  json result;
  try {
    result = to_compared(compare());
  } catch (const ReportError& error) {
    result = {{"error", error.what()}};
  }
  result["base"] = base;
  result["new"] = candidate;
  return result;
}

// A container gets a new name with each start, but has its machine's identifier.
std::string machine_of(const SampledReport& report) {
  const auto found = std::ranges::find(report.host, "machine_id", &Fact::name);
  return found == report.host.end() ? report.context.host_name : found->value;
}

bool of_one_host(const std::vector<SampledReport>& reports) {
  return std::ranges::all_of(
      reports, [&](const SampledReport& each) { return machine_of(each) == machine_of(reports.front()); });
}

json latest_of(const std::vector<SampledReport>& sessions) {
  if (sessions.size() <= kFewestBases) return nullptr;
  const std::vector<SampledReport> bases(sessions.begin(), sessions.end() - 1);
  const std::string earlier = std::to_string(bases.size()) + " earlier sessions";
  return compared(earlier, sessions.back().origin,
                  [&] { return compare(bases, sessions.back(), GateSettings{}, CompareOptions{}); });
}

json trend_of(const std::vector<SampledReport>& sessions) {
  json trend{{"sessions", json::array()}, {"trends", json::parse(trends_json(trends(sessions, {})))}};
  for (const SampledReport& session : sessions) trend["sessions"].push_back(session.origin);
  for (json& each : trend["trends"]) {
    for (json& time : each["time_ns"]) time = rounded(time);
    for (const std::string_view name : {"ratio", "p_adjusted"}) each[name] = rounded(each[name]);
  }
  return trend;
}

}  // namespace

json comparisons_of(const std::vector<NamedReport>& reports) {
  if (reports.size() < 2) return nullptr;
  std::vector<SampledReport> samples;
  for (const NamedReport& each : reports) samples.push_back(samples_of(each.report, each.stem));
  json pairs = json::array();
  for (std::size_t i = 1; i < samples.size(); ++i) {
    pairs.push_back(compared(samples.front().origin, samples[i].origin, [&] {
      return compare(samples.front(), samples[i], GateSettings{}, CompareOptions{});
    }));
  }
  json all{{"pairs", std::move(pairs)}, {"latest", nullptr}, {"trend", nullptr}};
  if (samples.size() < kFewestInTrend || !of_one_host(samples)) return all;
  std::ranges::stable_sort(samples, {}, [](const SampledReport& each) { return each.session.started_utc; });
  all["latest"] = latest_of(samples);
  all["trend"] = trend_of(samples);
  return all;
}

}  // namespace ipcbench
