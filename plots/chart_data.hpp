// The input of the chart code in web/: reports reduced to their cells' summaries, as JSON in columns.
#pragma once

#include <string>
#include <vector>

#include "plots/named_report.hpp"
#include "results/comparison/compare.hpp"

namespace ipcbench {

// {"reports": [{name, host, kernel, cpu, date, profile, version, note, command, guarantees, needs, claims,
//   comparisons, doubts: [{level, what, advice}], facts: [{name, value}], skipped and failed: [{cell,
//   reason}], mechanisms: [{name, kind, floor, carries_bytes, made_of}], axes: {PATTERN: [AXIS]},
//   standings: [{title, cell, head: [text], rows: [[text]]}], distances (distances.hpp), quantile_shares,
//   cells: CELLS in columns (columns.hpp)}]}
//
// command: what was typed, quoted for a shell. guarantees: {questions: {NAME: question}, mechanisms:
// {MECHANISM: {NAME: {state, answer}}}}, or null where the report has none. needs and claims: as NamedReport
// has them, or null. comparisons: of the first report, comparison_data.hpp; of others null.
//
// The mechanisms are those described in the report, sorted by kind (a label: "Pipes") and name; floors come
// last.
//
// The axes of a pattern are the coordinates that a reader chooses: all axes of its cells except mechanism,
// pattern and size, then the parameters. AXIS: {field, label, always, usual, values: [{value, label}]}.
// `always`: the axis is shown even if it has only one value. `usual`: the initial value; if empty, the first
// one. The values are those of the measured cells, in the order in which they are listed to users.
//
// standings: a table for each placement, way of waiting and so on (standings.hpp). cell: the index of one of
// its cells.
//
// CELL: mechanism, pattern, size_bytes; for each axis its field with the value as in the cell's name
// ("block", "50%"; "pipe_bytes=4096", empty for the defaults); buffer_bytes or null
// (CellSummary::buffer_bytes); launches; figures, one of each launch (LaunchFigure); ties, the indices of
// later cells that cannot be told from it (ties.hpp); quantiles_ns at quantile_shares, or null, and
// histogram, empty if messages are not timed (Distribution); course (course.hpp); launch_quantiles_ns, for
// each of the figures its launch's 50th, 90th, 99th and 99.9th percentile as far as its samples support them,
// or null; time_ns, messages_per_second, bytes_per_second as [median, low, high, confidence] or null;
// messages in all launches; p99_ns with its interval p99_low_ns and p99_high_ns, or null; cpus_busy by all
// ends; producer_cpu_ns and consumer_cpu_ns per message, and so for each end its run_delay_ns or null,
// switches, and system_calls or null; lost_share; spread_between and spread_within, shares of the median, or
// null; not_steady, the number of launches that drifted; bimodal, whether the launches fall into two modes;
// disturbed, the number of disturbed launches; for ends on two CPUs line_rtt_low_ns and line_rtt_high_ns, the
// time of a cache line there and back, and mixed_distances, whether that changed too much, otherwise null;
// for oneway cells clock_bound_ns and clocks_agree; for paced cells offered_per_second, unsent_share,
// sent_p50_ns, lag_p50_ns and lag_p99_ns. For other patterns the last seven are null.
//
// Bytes that are not UTF-8 are replaced. options: of the comparisons.
std::string chart_data_json(const std::vector<NamedReport>& reports, const CompareOptions& options = {});

}  // namespace ipcbench
