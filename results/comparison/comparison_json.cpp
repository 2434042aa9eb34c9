#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/comparison_view.hpp"
#include "results/report/json_parts.hpp"

namespace ipcbench {
namespace {

constexpr int kComparisonFormat = 1;

Json by_metric(const MetricValues& values) {
  Json json = Json::object();
  for (const Metric metric : kAllMetrics) json[std::string(name_of(metric))] = values[place_of(metric)];
  return json;
}

Json names_of(const std::vector<Metric>& metrics) {
  Json json = Json::array();
  for (const Metric metric : metrics) json.push_back(name_of(metric));
  return json;
}

// In the format of a settings file, so that the comparison can be repeated.
Json json_of(const GateSettings& settings) {
  Json thresholds = Json::array();
  for (const Threshold& threshold : settings.thresholds) {
    thresholds.push_back({{"cells", threshold.cells},
                          {"metrics", names_of(threshold.metrics)},
                          {"smallest_effect", threshold.smallest_effect}});
  }
  Json families = Json::array();
  for (const FamilyRule& family : settings.families) {
    families.push_back({{"name", family.name}, {"cells", family.cells}});
  }
  return {{"whole_alpha", settings.whole_alpha},
          {"family_alpha", settings.family_alpha},
          {"cell_alpha", settings.cell_alpha},
          {"smallest_effect", by_metric(settings.smallest_effect)},
          {"thresholds", thresholds},
          {"families", families},
          {"allow_missing", settings.allow_missing},
          {"confidence", settings.confidence},
          {"power", settings.power},
          {"watch_rate", settings.watch_rate},
          {"first_blocks", settings.first_blocks},
          {"second_blocks", settings.second_blocks},
          {"most_second_blocks", settings.most_second_blocks},
          {"suspicious_share", settings.suspicious_share},
          {"allowed_failures", settings.allowed_failures},
          {"flips", settings.flips},
          {"seed", settings.seed}};
}

Json json_of(const ComparedSide& side) {
  return {{"origin", side.origin},
          {"version", side.version},
          {"host_name", side.host_name},
          {"session", session_json(side.session)}};
}

Json json_of(const Finding& finding) {
  return {{"level", name_of(finding.level)},
          {"name", finding.name},
          {"family", finding.family},
          {"metric", name_of(finding.metric)},
          {"verdict", name_of(finding.verdict)},
          {"reason", finding.reason},
          {"ratio",
           {{"estimate", finding.ratio.estimate},
            {"low", finding.ratio.low},
            {"high", finding.ratio.high},
            {"confidence", finding.ratio.confidence}}},
          {"base_ns", finding.base_ns},
          {"new_ns", finding.new_ns},
          {"base_launches", finding.base_launches},
          {"new_launches", finding.new_launches},
          {"p_slower", finding.p_slower},
          {"p_slower_adjusted", finding.p_slower_adjusted},
          {"p_faster_adjusted", finding.p_faster_adjusted},
          {"smallest_effect", finding.smallest_effect},
          {"detectable_effect", finding.detectable_effect},
          {"second_stage", finding.second_stage},
          {"gated", finding.gated},
          {"watch", finding.watch}};
}

Json json_of(const Absence& absence) {
  return {{"cell", absence.cell},
          {"verdict", name_of(absence.verdict)},
          {"reason", absence.reason},
          {"allowed", absence.allowed}};
}

Json json_of(const LeftOut& base) { return {{"origin", base.origin}, {"reason", base.reason}}; }

Json json_of(const Doubt& doubt) {
  return {{"level", name_of(doubt.level)}, {"what", doubt.what}, {"advice", doubt.advice}};
}

template <class Element>
Json list_of(const std::vector<Element>& elements) {
  Json json = Json::array();
  for (const Element& element : elements) json.push_back(json_of(element));
  return json;
}

Json counts_of(const Comparison& comparison) {
  Json json = Json::object();
  for (const auto& [verdict, cells] : count_cells(comparison)) json[std::string(name_of(verdict))] = cells;
  return json;
}

}  // namespace

// The JSON writer turns numbers that are not finite into null, and replaces bytes that are not UTF-8.
std::string comparison_json(const Comparison& comparison, const FormatOptions& /*options*/) {
  const std::optional<double> mean = geometric_mean(comparison);
  const Json json{{"ipcbench_comparison", kComparisonFormat},
                  {"headline", headline(comparison)},
                  {"verdict", name_of(comparison.verdict)},
                  {"cells", counts_of(comparison)},
                  {"geometric_mean", mean ? Json(*mean) : Json(nullptr)},
                  {"method", name_of(comparison.method)},
                  {"why_informational", comparison.why_informational},
                  {"session_sd", comparison.session_sd ? Json(*comparison.session_sd) : Json(nullptr)},
                  {"base", json_of(comparison.base)},
                  {"bases", list_of(comparison.bases)},
                  {"left_out", list_of(comparison.left_out)},
                  {"new", json_of(comparison.candidate)},
                  {"settings", json_of(comparison.settings)},
                  {"differing", comparison.differing},
                  {"doubts", list_of(comparison.doubts)},
                  {"findings", list_of(comparison.findings)},
                  {"absences", list_of(comparison.absences)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace ipcbench
