// A calibration to and from JSON, and as text.
#include <fmt/format.h>

#include <cmath>

#include "harness/base/text_layout.hpp"
#include "results/comparison/calibration.hpp"
#include "results/comparison/findings.hpp"
#include "results/report/input_file.hpp"
#include "results/report/json_value.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

constexpr std::uint64_t kCalibrationFormat = 2;
constexpr double kMostFreedom = 1e9;  // far beyond any number of sessions and cells

Json json_of(const SessionVariance& variance) {
  return {{"session_sd", variance.session_sd},
          {"launch_sd", variance.launch_sd},
          {"within_sd", variance.within_sd},
          {"centre_sd", variance.centre_sd},
          {"freedom", variance.freedom}};
}

// Without unknown metrics.
Json json_of(const CalibratedEntry& entry) {
  Json json{{"level", name_of(entry.level)}, {"name", entry.name}};
  for (const Metric metric : kAllMetrics) {
    const SessionVariance& variance = entry.metrics[place_of(metric)];
    if (std::isfinite(variance.session_sd)) json["metrics"][std::string(name_of(metric))] = json_of(variance);
  }
  return json;
}

double read_sd(const JsonValue& json) {
  constexpr double kMost = 100;  // of a logarithm: beyond any measurement, and its square is finite
  const double sd = json.number();
  if (!(sd >= 0 && sd <= kMost)) json.fail(fmt::format("{} is not from 0 to {}", sd, kMost));
  return sd;
}

double read_freedom(const JsonValue& json) {
  const double freedom = json.number();
  if (!(freedom >= 1 && freedom <= kMostFreedom)) {
    json.fail(fmt::format("{} is not from 1 to {}", freedom, kMostFreedom));
  }
  return freedom;
}

CalibratedEntry entry_from(const JsonValue& json) {
  CalibratedEntry entry;
  entry.metrics.fill(kUnknownVariance);
  entry.level = read_axis<Level>(json.at("level"));
  entry.name = json.at("name").string();
  const auto metrics = json.find("metrics");
  if (!metrics) return entry;
  for (const Metric metric : kAllMetrics) {
    if (const auto variance = metrics->find(name_of(metric))) {
      entry.metrics[place_of(metric)] = {.session_sd = read_sd(variance->at("session_sd")),
                                         .launch_sd = read_sd(variance->at("launch_sd")),
                                         .within_sd = read_sd(variance->at("within_sd")),
                                         .centre_sd = read_sd(variance->at("centre_sd")),
                                         .freedom = read_freedom(variance->at("freedom"))};
    }
  }
  return entry;
}

Calibration calibration_from(const JsonValue& json) {
  const auto format = json.find("ipcbench_calibration");
  if (!format) json.fail("the key \"ipcbench_calibration\" is missing: this is not a calibration");
  if (format->integer() != kCalibrationFormat) {
    format->fail(fmt::format("this calibration has format {}, this program reads format {}: calibrate again",
                             format->integer(), kCalibrationFormat));
  }
  Calibration calibration;
  calibration.version = json.at("version").string();
  calibration.host_name = json.at("host_name").string();
  for (const auto& [name, value] : json.at("host").members()) {
    calibration.host.push_back({name, value.string()});
  }
  calibration.sessions = json.at("sessions").integer<std::size_t>();
  if (calibration.sessions < kFewestSessions) {
    json.at("sessions").fail(fmt::format("must be at least {}", kFewestSessions));
  }
  calibration.launches = json.at("launches").integer<std::size_t>();
  calibration.started_utc = json.at("started_utc").string();
  calibration.ended_utc = json.at("ended_utc").string();
  for (const JsonValue& entry : json.at("entries").elements())
    calibration.entries.push_back(entry_from(entry));
  return calibration;
}

// The smallest change, as a share, that two sessions like the calibrated ones show with the wanted power, if
// the level has `tests` tests.
double smallest_change_found(const SessionVariance& variance, std::size_t tests, double alpha, double power) {
  return detectable_effect(std::sqrt(2.0) * variance.centre_sd, tests, alpha, power, variance.freedom);
}

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.1f} %", 100 * share) : "-";
}

}  // namespace

std::string calibration_json(const Calibration& calibration) {
  Json json{{"ipcbench_calibration", kCalibrationFormat},
            {"version", calibration.version},
            {"host_name", calibration.host_name},
            {"sessions", calibration.sessions},
            {"launches", calibration.launches},
            {"started_utc", calibration.started_utc},
            {"ended_utc", calibration.ended_utc},
            {"host", Json::object()},
            {"entries", Json::array()}};
  for (const Fact& fact : calibration.host) json["host"][fact.name] = fact.value;
  for (const CalibratedEntry& entry : calibration.entries) json["entries"].push_back(json_of(entry));
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Calibration parse_calibration(const NextPiece& next_piece, const std::string& origin) {
  try {
    const Json document = parse_document(next_piece, [](const Json&, std::size_t) {});
    return calibration_from(JsonValue(document, ""));
  } catch (const ReportError& error) {
    throw with_origin(error, origin);
  }
}

Calibration read_calibration(const std::filesystem::path& file) {
  InputFile input(file);
  return parse_calibration([&input] { return input.next(); }, input.name());
}

std::string calibration_table(const Calibration& calibration, const GateSettings& settings) {
  std::map<Level, std::size_t> tests;
  for (const CalibratedEntry& entry : calibration.entries) ++tests[entry.level];
  std::vector<std::vector<std::string>> grid{
      {"what", "metric", "launches", "sessions", "smallest change found"}};
  for (const CalibratedEntry& entry : calibration.entries) {
    for (const Metric metric : {Metric::time, Metric::cpu}) {
      const SessionVariance& variance = entry.metrics[place_of(metric)];
      if (!std::isfinite(variance.session_sd)) continue;
      const double smallest = smallest_change_found(variance, tests[entry.level] * kMetrics,
                                                    alpha_of(entry.level, settings), settings.power);
      grid.push_back({entry.name, std::string(name_of(metric)), percent(variance.launch_sd),
                      percent(variance.session_sd), percent(smallest)});
    }
  }
  return fmt::format(
             "{} sessions of {} launches a cell on {}, {} to {}.\nStandard deviations between launches and "
             "between sessions; the smallest change that two such\nsessions would show with a power of "
             "{:.0f} %.\n\n",
             calibration.sessions, calibration.launches, calibration.host_name, calibration.started_utc,
             calibration.ended_utc, 100 * settings.power) +
         align_columns(grid);
}

}  // namespace ipcbench
