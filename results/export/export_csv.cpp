// Comma-separated values, quoted as in RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180). Lines end in LF,
// which R, pandas and spreadsheets also read and Unix tools expect. A field that does not apply to a cell is
// empty.
#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>
#include <ranges>

#include "harness/base/cell.hpp"
#include "results/export/export.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string number(double value) { return fmt::format("{}", value); }

std::string number(const std::optional<double>& value) { return value ? number(*value) : std::string(); }

// A number from an optional part of the summary.
template <class Part>
std::string number(const std::optional<Part>& part, double Part::*member) {
  return part ? number((*part).*member) : std::string();
}

// "producer_system_calls_per_message" and so on, for either side.
void add_side(Fields& fields, const std::string& side, const SideSummary& summary) {
  fields.emplace_back(side + "_switches_per_message", number(summary.switches));
  fields.emplace_back(side + "_run_delay_ns_per_message", number(summary.run_delay_ns));
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    fields.emplace_back(fmt::format("{}_{}_per_message", side, kCounters[i].name), number(summary.counts[i]));
  }
}

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

// A column for each axis, empty if the cell does not have it; percentages without their sign.
void add_axes(Fields& fields, const Cell& cell) {
  for (const CellAxis& axis : kCellAxes) {
    std::string value = has_axis(axis, cell) ? axis.text(cell) : "";
    if (value.ends_with('%')) value.pop_back();
    fields.emplace_back(axis.json_key, std::move(value));
  }
  fields.emplace_back("parameters", parameters_column(cell));
}

void add_results(Fields& fields, const CellSummary& cell) {
  const auto& [time, messages, bytes] =
      std::tie(cell.time_ns, cell.messages_per_second, cell.bytes_per_second);
  const Fields results{{"floor", yes_or_no(cell.floor)},
                       {"launches", std::to_string(cell.launches)},
                       {"launches_left_out", std::to_string(cell.left_out)},
                       {"time_ns", number(time.median)},
                       {"time_low_ns", number(time.low)},
                       {"time_high_ns", number(time.high)},
                       {"confidence", number(time.confidence)},
                       {"p90_ns", number(cell.p90, &PooledQuantile::value)},
                       {"p99_ns", number(cell.p99, &PooledQuantile::value)},
                       {"p99_low_ns", number(cell.p99, &PooledQuantile::low)},
                       {"p99_high_ns", number(cell.p99, &PooledQuantile::high)},
                       {"p999_ns", number(cell.p999, &PooledQuantile::value)},
                       {"messages", std::to_string(cell.messages)},
                       {"cpus_busy", number(cell.cpus_busy)},
                       {"cpu_ns_per_message", number(cell.cpu_ns_per_message)},
                       {"producer_cpu_ns_per_message", number(cell.producer_cpu_ns_per_message)},
                       {"consumer_cpu_ns_per_message", number(cell.consumer_cpu_ns_per_message)},
                       {"messages_per_second", number(messages, &Estimate::median)},
                       {"messages_per_second_low", number(messages, &Estimate::low)},
                       {"messages_per_second_high", number(messages, &Estimate::high)},
                       {"bytes_per_second", number(bytes, &Estimate::median)},
                       {"bytes_per_second_low", number(bytes, &Estimate::low)},
                       {"bytes_per_second_high", number(bytes, &Estimate::high)},
                       {"lost_share", number(cell.lost_share)},
                       {"spread_between", number(cell.spread_between)},
                       {"spread_within", number(cell.spread_within)},
                       {"slowest_pair_share", number(cell.slowest_pair)},
                       {"not_steady", std::to_string(cell.not_steady)},
                       {"bimodal", yes_or_no(cell.bimodal)},
                       {"line_rtt_low_ns", number(cell.line, &LineSummary::low_ns)},
                       {"line_rtt_high_ns", number(cell.line, &LineSummary::high_ns)},
                       {"mixed_distances", cell.line ? yes_or_no(cell.line->mixed) : ""},
                       {"disturbed", std::to_string(cell.disturbed)},
                       {"offered_per_second", number(cell.load, &LoadSummary::offered_per_second)},
                       {"unsent_share", number(cell.load, &LoadSummary::unsent_share)},
                       {"lag_p50_ns", number(cell.load, &LoadSummary::lag_p50_ns)},
                       {"lag_p99_ns", number(cell.load, &LoadSummary::lag_p99_ns)},
                       {"sent_p50_ns", cell.load ? number(cell.load->sent_p50_ns) : ""},
                       {"clock_bound_ns", number(cell.clock, &ClockCheck::bound_ns)},
                       {"clocks_agree", cell.clock ? yes_or_no(cell.clock->agree) : ""}};
  fields.insert(fields.end(), results.begin(), results.end());
}

// Every cell has the same columns.
Fields fields_of(const CellSummary& cell, const Report& report) {
  Fields fields{{"cell", cell.name}};
  add_axes(fields, cell.cell);
  add_results(fields, cell);
  add_side(fields, "producer", cell.producer);
  add_side(fields, "consumer", cell.consumer);
  fields.emplace_back("host", report.context.host_name);
  fields.emplace_back("session", report.session.id);
  fields.emplace_back("started_utc", report.session.started_utc);
  return fields;
}

std::string quoted(std::string text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  boost::replace_all(text, "\"", "\"\"");
  return '"' + text + '"';
}

std::string line_of(const auto& texts) {
  std::vector<std::string> line;
  line.reserve(std::size(texts));
  for (const auto& text : texts) line.push_back(quoted(std::string(text)));
  return fmt::format("{}\n", fmt::join(line, ","));
}

}  // namespace

std::string csv_line(const std::vector<std::string>& texts) { return line_of(texts); }

std::string parameters_column(const Cell& cell) {
  std::string text;
  for (const auto& [name, value] : cell.parameters)
    text += fmt::format("{}{}={}", text.empty() ? "" : ";", name, value);
  return text;
}

std::string export_csv(const Report& report) {
  std::string text;
  for (const CellSummary& cell : summarise(report)) {
    const Fields fields = fields_of(cell, report);
    if (text.empty()) text = line_of(fields | std::views::keys);
    text += line_of(fields | std::views::values);
  }
  return text;
}

}  // namespace ipcbench
