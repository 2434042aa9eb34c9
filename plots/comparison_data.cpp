#include "plots/comparison_data.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "plots/columns.hpp"
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
constexpr std::array<std::string_view, 9> kFields{"level",  "name",    "family", "metric",         "verdict",
                                                  "reason", "base_ns", "new_ns", "smallest_effect"};

using CellPlaces = std::map<std::string, std::size_t>;  // of a report's cells, by name and by family

CellPlaces places_of(const SampledReport& report) {
  CellPlaces places;
  for (std::size_t i = 0; i < report.cells.size(); ++i) {
    places.try_emplace(report.cells[i].name, i);
    places.try_emplace(report.cells[i].family, i);
  }
  return places;
}

json place_in(const CellPlaces& places, const std::string& name) {
  const auto found = places.find(name);
  return found == places.end() ? json(nullptr) : json(found->second);
}

bool is_kept(const json& finding) {
  const bool changed = finding["verdict"] != "inconclusive" && finding["verdict"] != "unchanged";
  return finding["level"] != "cell" || finding["metric"] == "time" || changed;
}

json to_record(const json& finding, const CellPlaces& places) {
  json record = json::object();
  for (const std::string_view name : kFields) record[name] = finding[name];
  record["ratio"] = finding["ratio"]["estimate"];
  record["low"] = finding["ratio"]["low"];
  record["high"] = finding["ratio"]["high"];
  record["cell"] = place_in(places, finding["name"]);
  return record;
}

json findings_in_columns(const json& findings, const CellPlaces& places) {
  std::vector<json> records;
  for (const json& finding : findings) {
    if (is_kept(finding)) records.push_back(to_record(finding, places));
  }
  return to_columns(std::move(records));
}

json to_compared(const Comparison& comparison, const SampledReport& candidate) {
  const json all = json::parse(comparison_json(comparison, {}));
  json compared = json::object();
  for (const std::string_view part : kParts) compared[part] = all[part];
  compared["findings"] = findings_in_columns(all["findings"], places_of(candidate));
  return compared;
}

// Two reports without a common cell, or bases that do not fit, are no reason to draw nothing.
template <class Compare>
json compared(const std::string& base, const SampledReport& candidate, const Compare& compare) {
  json result;
  try {
    result = to_compared(compare(), candidate);
  } catch (const ReportError& error) {
    result = {{"error", error.what()}};
  }
  result["base"] = base;
  result["new"] = candidate.origin;
  return result;
}

bool of_one_host(const std::vector<SampledReport>& reports) {
  return std::ranges::all_of(
      reports, [&](const SampledReport& each) { return machine_of(each) == machine_of(reports.front()); });
}

json latest_of(const std::vector<SampledReport>& sessions, const CompareOptions& options) {
  if (sessions.size() <= kFewestBases) return nullptr;
  const std::vector<SampledReport> bases(sessions.begin(), sessions.end() - 1);
  const std::string earlier = std::to_string(bases.size()) + " earlier sessions";
  CompareOptions own;
  own.across = options.across;
  return compared(earlier, sessions.back(),
                  [&] { return compare(bases, sessions.back(), GateSettings{}, own); });
}

json trend_of(const std::vector<SampledReport>& sessions) {
  const CellPlaces places = places_of(sessions.back());
  std::vector<json> records;
  for (json& record : json::parse(trends_json(trends(history_of(sessions), GateSettings{})))) {
    record["cell"] = place_in(places, record["name"]);
    records.push_back(std::move(record));
  }
  json names = json::array();
  for (const SampledReport& session : sessions) names.push_back(session.origin);
  return {{"sessions", std::move(names)}, {"trends", to_columns(std::move(records))}};
}

}  // namespace

json comparisons_of(const std::vector<NamedReport>& reports, const CompareOptions& options) {
  if (reports.size() < 2) return nullptr;
  std::vector<SampledReport> samples;
  samples.reserve(reports.size());
  for (const NamedReport& each : reports) samples.push_back(samples_of(each.report, each.stem));
  json pairs = json::array();
  for (std::size_t i = 1; i < samples.size(); ++i) {
    pairs.push_back(compared(samples.front().origin, samples[i],
                             [&] { return compare(samples.front(), samples[i], GateSettings{}, options); }));
  }
  json all{{"pairs", std::move(pairs)}, {"latest", nullptr}, {"trend", nullptr}};
  if (samples.size() < kFewestInTrend || !of_one_host(samples)) return all;
  std::ranges::stable_sort(samples, {}, [](const SampledReport& each) { return each.session.started_utc; });
  all["latest"] = latest_of(samples, options);
  all["trend"] = trend_of(samples);
  return all;
}

}  // namespace ipcbench
