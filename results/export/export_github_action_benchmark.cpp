// The entries of customSmallerIsBetter: name, unit and value, and for people range and extra,
// https://github.com/benchmark-action/github-action-benchmark#examples. `range` is what the program itself
// writes for other tools, a sign and one number; the interval as it is stands in `extra`.
#include <fmt/format.h>

#include <algorithm>

#include "harness/base/units.hpp"
#include "results/export/export.hpp"
#include "results/export/exported_cells.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

std::string launches_text(const CellSummary& summary) {
  const Estimate& time = summary.time_ns;
  if (summary.launches == 1) return "one launch";
  return fmt::format("median of {} launches, {} to {} with {:.1f} %", summary.launches,
                     format_duration_ns(time.low), format_duration_ns(time.high), 100 * time.confidence);
}

// The text of a tooltip.
std::string extra(const ExportedCell& cell) {
  const CellSummary& summary = cell.summary;
  std::string text = launches_text(summary);
  if (summary.p99_ns) text += fmt::format("\n99th percentile: {}", format_duration_ns(*summary.p99_ns));
  text += fmt::format("\nCPU of both ends: {}", format_duration_ns(cpu_ns_per_message(cell)));
  if (measures_rate(cell)) {
    text += fmt::format("\n{} messages/s", format_count(summary.messages_per_second->median));
    if (summary.bytes_per_second)
      text += fmt::format(", {}", format_bytes_per_second(summary.bytes_per_second->median));
  }
  if (is_floor(summary.cell)) text += "\na floor: what the harness or the copying alone costs";
  return text;
}

Json entry(const ExportedCell& cell) {
  const Estimate& time = cell.summary.time_ns;
  Json json;
  json["name"] = cell.name;
  json["unit"] = measures_rate(cell) ? "ns/message" : "ns";
  json["value"] = time.median;
  if (cell.summary.launches > 1) {
    json["range"] = fmt::format("± {:.2f}", std::max(time.high - time.median, time.median - time.low));
  }
  json["extra"] = extra(cell);
  return json;
}

}  // namespace

std::string export_github_action_benchmark(const Report& report, const Revision& /*revision*/) {
  Json json = Json::array();
  for (const ExportedCell& cell : exported_cells(report)) json.push_back(entry(cell));
  return json_file(json);
}

}  // namespace ipcbench
