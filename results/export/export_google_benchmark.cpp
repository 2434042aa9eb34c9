// Google Benchmark's JSON, https://github.com/google/benchmark/blob/main/docs/user_guide.md#output-formats.
#include <nlohmann/json.hpp>

#include "results/export/export.hpp"
#include "results/report/json_parts.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

// Rates only where they were measured, since Conbench prefers a rate as the result. In ping-pong, a rate is
// only the inverse of the time; in paced, it is the offered load.
void add_rates(Json& json, const CellSummary& cell) {
  if (times_messages(cell.cell.pattern)) return;
  json["items_per_second"] = cell.messages_per_second->median;
  if (cell.bytes_per_second) json["bytes_per_second"] = cell.bytes_per_second->median;
}

// A row says that it is one repetition, so that a reader that averages repetitions leaves the median alone.
Json row_json(const CellSummary& cell, const CellIndex& index) {
  Json json;
  json["name"] = cell.name + "/real_time";
  json["family_index"] = index.family;
  json["per_family_instance_index"] = index.instance;
  json["run_name"] = json["name"];
  json["run_type"] = "iteration";
  json["repetitions"] = 1;
  json["repetition_index"] = 0;
  json["threads"] = 1;
  json["iterations"] = cell.messages;
  json["real_time"] = finite(cell.time_ns.median, "real_time", cell.name);
  json["cpu_time"] = finite(cell.cpu_ns_per_message, "cpu_time", cell.name);
  json["time_unit"] = "ns";
  add_rates(json, cell);
  json["launches"] = cell.launches;
  json["real_time_low"] = cell.time_ns.low;
  json["real_time_high"] = cell.time_ns.high;
  json["confidence"] = cell.time_ns.confidence;
  if (cell.p99) json["p99_ns"] = cell.p99->value;
  if (cell.floor) json["floor"] = true;
  return json;
}

}  // namespace

std::string export_google_benchmark(const Report& report) {
  const std::vector<CellIndex> indices = index_cells(report.cells);
  Json json;
  json["context"] = context_json(report.context);
  Json& rows = json["benchmarks"] = Json::array();
  const std::vector<CellSummary> cells = summarise(report);
  for (std::size_t i = 0; i < cells.size(); ++i) rows.push_back(row_json(cells[i], indices[i]));
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace ipcbench
