// Bencher Metric Format, https://bencher.dev/docs/reference/bencher-metric-format/: for each benchmark, by
// name, its measures by their slugs, each a value that may have bounds. Every project has the measures
// `latency` (ns) and `throughput` (operations per second); the others are created at their first use.
#include "results/export/export.hpp"
#include "results/report/json_document.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

Json metric(const Estimate& estimate) {
  if (estimate.confidence == 0) return {{"value", estimate.median}};
  return {{"value", estimate.median}, {"lower_value", estimate.low}, {"upper_value", estimate.high}};
}

Json measures(const CellSummary& cell) {
  Json json;
  json["latency"] = metric(cell.time_ns);
  if (cell.p99) json["p99-latency"] = {{"value", cell.p99->value}};
  if (!times_messages(cell.cell.pattern)) json["throughput"] = metric(*cell.messages_per_second);
  json["cpu-time"] = {{"value", cell.cpu_ns_per_message}};
  return json;
}

// Bencher removes this suffix and raises no alert for the benchmark: a floor is no way to communicate.
std::string benchmark_name(const CellSummary& cell) {
  return cell.floor ? cell.name + "-bencher-ignore" : cell.name;
}

}  // namespace

std::string export_bencher(const Report& report) {
  Json json = Json::object();
  for (const CellSummary& cell : summarise(report)) json[benchmark_name(cell)] = measures(cell);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace ipcbench
