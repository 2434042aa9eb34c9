// What the chart code in web/ works on: reports boiled down to one record per cell, as JSON.
#pragma once

#include <string>
#include <vector>

#include "plots/plot.hpp"

namespace ipcbench {

// {"reports": [{name, host, kernel, cpu, date, profile, version, note, doubts: [{level, what, advice}],
//   facts: [{name, value}], skipped and failed: [{cell, reason}], cells: [...]}]}
// A cell: mechanism, pattern, wait, peers, cpus, payload as in its name; floor (is it one?); parameters
// ("pipe_bytes=4096", empty at the defaults); size_bytes; launches; time_ns, messages_per_second,
// bytes_per_second as [median, low, high, confidence] or null; p99_ns or null; producer_cpu_ns and
// consumer_cpu_ns per message; lost_share; spread_between and spread_within, shares of the median, or null;
// not_steady, how many launches drifted; bimodal (do the launches fall into two modes?). Of paced cells, rate
// ("5000" or "50%") and arrivals, of fans, fan ("4"), otherwise empty; of oneway cells clock_bound_ns and
// clocks_agree, of paced ones offered_per_second, unsent_share and lag_p99_ns (CellSummary::clock and load),
// otherwise null. Text that is not UTF-8 has its bad bytes replaced.
std::string chart_data_json(const std::vector<NamedReport>& reports);

}  // namespace ipcbench
