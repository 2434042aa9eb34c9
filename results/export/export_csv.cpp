// Comma-separated values, quoted as RFC 4180 says (https://www.rfc-editor.org/rfc/rfc4180). Lines end in LF,
// as R, pandas and spreadsheets read as well and the tools of Unix expect. What a cell does not have is an
// empty field.
#include <fmt/format.h>

#include "harness/base/cell.hpp"
#include "results/export/export.hpp"
#include "results/export/exported_cells.hpp"

namespace ipcbench {
namespace {

using Fields = std::vector<std::pair<std::string_view, std::string>>;

std::string number(double value) { return fmt::format("{}", value); }

std::string number(const std::optional<double>& value) { return value ? number(*value) : std::string(); }

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

void add_estimate(Fields& fields, std::array<std::string_view, 3> names,
                  const std::optional<Estimate>& estimate) {
  fields.emplace_back(names[0], estimate ? number(estimate->median) : "");
  fields.emplace_back(names[1], estimate ? number(estimate->low) : "");
  fields.emplace_back(names[2], estimate ? number(estimate->high) : "");
}

// "pipe_bytes=4096;queue_depth=10"
std::string parameters(const Cell& cell) {
  std::string text;
  for (const auto& [name, value] : cell.parameters)
    text += fmt::format("{}{}={}", text.empty() ? "" : ";", name, value);
  return text;
}

// A column for each axis of the table, empty where the cell does not have it; a percentage without its sign.
void add_axes(Fields& fields, const Cell& cell) {
  for (const CellAxis& axis : kCellAxes) {
    std::string value = has_axis(axis, cell) ? axis.text(cell) : "";
    if (value.ends_with('%')) value.pop_back();
    fields.emplace_back(axis.json_key, std::move(value));
  }
  fields.emplace_back("parameters", parameters(cell));
}

void add_results(Fields& fields, const ExportedCell& cell) {
  const CellSummary& summary = cell.summary;
  fields.emplace_back("launches", std::to_string(summary.launches));
  add_estimate(fields, {"time_ns", "time_low_ns", "time_high_ns"}, summary.time_ns);
  fields.emplace_back("confidence", number(summary.time_ns.confidence));
  fields.emplace_back("p99_ns", number(summary.p99_ns));
  fields.emplace_back("cpu_ns_per_message", number(cpu_ns_per_message(cell)));
  fields.emplace_back("producer_cpu_ns_per_message", number(summary.producer_cpu_ns_per_message));
  fields.emplace_back("consumer_cpu_ns_per_message", number(summary.consumer_cpu_ns_per_message));
  add_estimate(fields, {"messages_per_second", "messages_per_second_low", "messages_per_second_high"},
               summary.messages_per_second);
  add_estimate(fields, {"bytes_per_second", "bytes_per_second_low", "bytes_per_second_high"},
               summary.bytes_per_second);
  fields.emplace_back("lost_share", number(summary.lost_share));
}

void add_spread(Fields& fields, const CellSummary& summary) {
  fields.emplace_back("spread_between", number(summary.spread_between));
  fields.emplace_back("spread_within", number(summary.spread_within));
  fields.emplace_back("not_steady", std::to_string(summary.not_steady));
  fields.emplace_back("bimodal", yes_or_no(summary.bimodal));
}

void add_checks(Fields& fields, const CellSummary& summary) {
  const auto& [clock, load] = std::tie(summary.clock, summary.load);
  fields.emplace_back("offered_per_second", load ? number(load->offered_per_second) : "");
  fields.emplace_back("unsent_share", load ? number(load->unsent_share) : "");
  fields.emplace_back("lag_p99_ns", load ? number(load->lag_p99_ns) : "");
  fields.emplace_back("clock_bound_ns", clock ? number(clock->bound_ns) : "");
  fields.emplace_back("clocks_agree", clock ? yes_or_no(clock->agree) : "");
}

// The same columns for every cell.
Fields fields_of(const ExportedCell& cell, const Report& report) {
  Fields fields{{"cell", cell.name}};
  add_axes(fields, cell.summary.cell);
  fields.emplace_back("floor", yes_or_no(cell.summary.floor));
  add_results(fields, cell);
  add_spread(fields, cell.summary);
  add_checks(fields, cell.summary);
  fields.emplace_back("host", report.context.host_name);
  fields.emplace_back("session", report.session.id);
  fields.emplace_back("started_utc", report.session.started_utc);
  return fields;
}

std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string doubled;
  for (const char character : text) doubled.append(character == '"' ? 2 : 1, character);
  return fmt::format("\"{}\"", doubled);
}

template <class Text>
std::string line_of(const Fields& fields, Text text) {
  std::string line;
  const char* separator = "";
  for (const auto& field : fields) {
    line += separator;
    line += quoted(text(field));
    separator = ",";
  }
  return line + '\n';
}

}  // namespace

std::string export_csv(const Report& report) {
  std::string text;
  for (const ExportedCell& cell : exported_cells(report)) {
    const Fields fields = fields_of(cell, report);
    if (text.empty()) text = line_of(fields, [](const auto& field) { return field.first; });
    text += line_of(fields, [](const auto& field) -> std::string_view { return field.second; });
  }
  return text;
}

}  // namespace ipcbench
