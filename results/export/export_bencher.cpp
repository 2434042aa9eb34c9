// Bencher Metric Format, https://bencher.dev/docs/reference/bencher-metric-format/: by the benchmark's name,
// by the measure's slug, a value that may have bounds. `latency` (ns) and `throughput` (operations per
// second) are measures that every project has; the others are made at their first use.
#include "results/export/export.hpp"
#include "results/export/exported_cells.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

Json metric(const Estimate& estimate) {
  if (estimate.confidence == 0) return {{"value", estimate.median}};
  return {{"value", estimate.median}, {"lower_value", estimate.low}, {"upper_value", estimate.high}};
}

Json measures(const ExportedCell& cell) {
  const CellSummary& summary = cell.summary;
  Json json;
  json["latency"] = metric(summary.time_ns);
  if (summary.p99_ns) json["p99-latency"] = {{"value", *summary.p99_ns}};
  if (measures_rate(cell)) json["throughput"] = metric(*summary.messages_per_second);
  json["cpu-time"] = {{"value", cpu_ns_per_message(cell)}};
  return json;
}

// Bencher cuts this suffix off and raises no alert for the benchmark: a floor is no way to communicate.
std::string benchmark_name(const ExportedCell& cell) {
  return cell.summary.floor ? cell.name + "-bencher-ignore" : cell.name;
}

}  // namespace

std::string export_bencher(const Report& report) {
  Json json = Json::object();
  for (const ExportedCell& cell : exported_cells(report)) json[benchmark_name(cell)] = measures(cell);
  return json_file(json);
}

}  // namespace ipcbench
