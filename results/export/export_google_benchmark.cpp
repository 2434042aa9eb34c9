// Google Benchmark's JSON, https://github.com/google/benchmark/blob/main/docs/user_guide.md#output-formats.
#include "results/export/export.hpp"
#include "results/export/exported_cells.hpp"
#include "results/report/json_parts.hpp"

namespace ipcbench {
namespace {

// Rates only where they are what was measured: Conbench takes a rate for the result where it sees one.
void add_rates(Json& json, const ExportedCell& cell) {
  if (!measures_rate(cell)) return;
  json["items_per_second"] = cell.summary.messages_per_second->median;
  if (cell.summary.bytes_per_second) json["bytes_per_second"] = cell.summary.bytes_per_second->median;
}

// One repetition: a reader that averages repetitions must not take the median for one of many.
Json row_json(const ExportedCell& cell, const CellIndex& index) {
  const CellSummary& summary = cell.summary;
  Json json;
  json["name"] = cell.name + "/real_time";
  json["family_index"] = index.family;
  json["per_family_instance_index"] = index.instance;
  json["run_name"] = json["name"];
  json["run_type"] = "iteration";
  json["repetitions"] = 1;
  json["repetition_index"] = 0;
  json["threads"] = 1;
  json["iterations"] = messages(cell);
  json["real_time"] = finite(summary.time_ns.median, "real_time", cell.name);
  json["cpu_time"] = finite(cpu_ns_per_message(cell), "cpu_time", cell.name);
  json["time_unit"] = "ns";
  add_rates(json, cell);
  json["launches"] = summary.launches;
  json["real_time_low"] = summary.time_ns.low;
  json["real_time_high"] = summary.time_ns.high;
  json["confidence"] = summary.time_ns.confidence;
  if (summary.p99_ns) json["p99_ns"] = *summary.p99_ns;
  if (summary.floor) json["floor"] = true;
  return json;
}

}  // namespace

std::string export_google_benchmark(const Report& report) {
  const std::vector<CellIndex> indices = index_cells(report.cells);
  Json json;
  json["context"] = context_json(report.context);
  Json& rows = json["benchmarks"] = Json::array();
  const std::vector<ExportedCell> cells = exported_cells(report);
  for (std::size_t i = 0; i < cells.size(); ++i) rows.push_back(row_json(cells[i], indices[i]));
  return json_file(json);
}

}  // namespace ipcbench
