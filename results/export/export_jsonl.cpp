// JSON Lines (https://jsonlines.org): one flat object per launch, with the same keys in each, for DuckDB,
// Spark, pandas and jq. A whole report is one object, which is more than DuckDB takes by default.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "results/export/export.hpp"
#include "results/report/json_parts.hpp"
#include "results/report/metrics.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

// The facts that tell machines and programs apart. Null where the host did not say.
constexpr std::array kSessionFacts{"machine_id",     "product",        "architecture",     "cpu_model",
                                   "physical_cores", "cpus_online",    "virtual_machine",  "container",
                                   "distribution",   "kernel_release", "security_modules", "security_label",
                                   "program_commit"};

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json session_columns(const Report& report, const std::string& digest) {
  Json json{{"session", report.session.id},
            {"digest", digest},
            {"started_utc", report.session.started_utc},
            {"profile", report.session.profile},
            {"complete", report.session.complete},
            {"program_version", report.version},
            {"host", report.context.host_name}};
  for (const char* name : kSessionFacts) {
    const auto fact = std::ranges::find(report.host, name, &Fact::name);
    json[name] = fact == report.host.end() ? Json(nullptr) : Json(fact->value);
  }
  return json;
}

void add_axes_and_parameters(Json& json, const Cell& cell) {
  const Json axes = cell_json(cell);
  for (const CellAxis& axis : kCellAxes) {
    const auto value = axes.find(axis.json_key);
    json[std::string(axis.json_key)] = value == axes.end() ? Json(nullptr) : *value;
  }
  json["parameters"] = parameters_column(cell);
}

void add_percentiles(Json& json, const Measurement& measurement, bool timed) {
  constexpr std::array kPercentiles{std::pair{"p10_ns", 100U}, std::pair{"p50_ns", 500U},
                                    std::pair{"p90_ns", 900U}, std::pair{"p99_ns", 990U},
                                    std::pair{"p999_ns", 999U}};
  json["min_ns"] = timed ? Json(measurement.min_ns) : Json(nullptr);
  for (const auto& [key, permille] : kPercentiles)
    json[key] = timed ? number_or_null(percentile_ns(measurement, permille)) : Json(nullptr);
  json["max_ns"] = timed ? Json(measurement.max_ns) : Json(nullptr);
}

void add_results(Json& json, const Cell& cell, const Measurement& measurement) {
  json["time_ns"] = finite(time_ns(cell.pattern, measurement), "time_ns", cell_name(cell));
  json["messages"] = measurement.messages;
  json["lost_messages"] = measurement.lost_messages;
  json["elapsed_ns"] = measurement.elapsed_ns;
  add_percentiles(json, measurement, times_messages(cell.pattern));
  const bool knows_cpu = knows_own_cpu_time(measurement);
  for (const Side side : {Side::producer, Side::consumer}) {
    const bool known = knows_cpu || side == Side::consumer;
    json[fmt::format("{}_cpu_ns_per_message", name_of(side))] =
        known ? number_or_null(cpu_ns_per_message(measurement, side)) : Json(nullptr);
  }
  json["producer_cpu"] = measurement.producer.cpu ? Json(*measurement.producer.cpu) : Json(nullptr);
  json["consumer_cpu"] = measurement.consumer.cpu ? Json(*measurement.consumer.cpu) : Json(nullptr);
  json["line_rtt_ns"] = measurement.line ? Json(measurement.line->before_ns) : Json(nullptr);
  json["disturbed"] = !measurement.disturbance.empty();
}

}  // namespace

std::string export_jsonl(const Report& report, const std::string& digest) {
  const Json session = session_columns(report, digest);
  const std::vector<CellSummary> summaries = summarise(report);
  std::string text;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const ReportCell& cell = report.cells[i];
    std::set<std::uint32_t> counting;
    for (const LaunchFigure& figure : summaries[i].figures) counting.insert(figure.number);
    for (const Launch& launch : cell.launches) {
      Json json = session;
      json["cell"] = cell.name;
      add_axes_and_parameters(json, cell.cell);
      json["launch"] = launch.number;
      json["left_out"] = !counting.contains(launch.number);
      add_results(json, cell.cell, launch.measurement);
      text += json_text(json) + '\n';
    }
  }
  return text;
}

}  // namespace ipcbench
