// The input of the chart code in web/: reports reduced to one record per cell, as JSON.
#pragma once

#include <string>
#include <vector>

#include "results/report/report.hpp"

namespace ipcbench {

// A report and the name of its charts: usually the report's file name without the extension.
struct NamedReport {
  std::string stem;
  Report report;
};

// {"reports": [{name, host, kernel, cpu, date, profile, version, note, doubts: [{level, what, advice}],
//   facts: [{name, value}], skipped and failed: [{cell, reason}],
//   mechanisms: [{name, kind, floor, carries_bytes, made_of}], axes: {PATTERN: [AXIS]}, cells: [CELL]}]}
//
// The mechanisms are those described in the report, sorted by kind (a label: "Pipes") and name; floors come
// last.
//
// The axes of a pattern are the coordinates that a reader chooses: all axes of its cells except mechanism,
// pattern and size, then the parameters. AXIS: {field, label, always, usual, values: [{value, label}]}.
// `always`: the axis is shown even if it has only one value. `usual`: the initial value; if empty, the first
// one. The values are those of the measured cells, in the order in which they are listed to users.
//
// CELL: mechanism, pattern, size_bytes; for each axis its field with the value as in the cell's name
// ("block", "50%"; "pipe_bytes=4096", empty for the defaults); launches; time_ns, messages_per_second,
// bytes_per_second as [median, low, high, confidence] or null; p99_ns or null; producer_cpu_ns and
// consumer_cpu_ns per message; lost_share; spread_between and spread_within, shares of the median, or null;
// not_steady, the number of launches that drifted; bimodal, whether the launches fall into two modes; for
// oneway cells clock_bound_ns and clocks_agree; for paced cells offered_per_second, unsent_share and
// lag_p99_ns. For other patterns the last five are null.
//
// Bytes that are not UTF-8 are replaced.
std::string chart_data_json(const std::vector<NamedReport>& reports);

}  // namespace ipcbench
