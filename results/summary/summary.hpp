// One line per cell: what its launches say together. The input of the summary table and the charts.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "results/report/report.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

// How far the times of a oneway cell, each taken from the clocks of two CPUs, may be off.
struct ClockCheck {
  double bound_ns = 0;  // the widest bound of the offset in any launch
  bool agree = true;    // false: in some launch the offset was certainly not 0, so that its times are wrong
};

// What a paced cell offered, and how well it was kept to.
struct LoadSummary {
  double offered_per_second = 0;  // messages; median over launches
  double unsent_share = 0;        // of those due over all launches, not sent before the end; 0 to 1
  double lag_p99_ns = 0;          // sent later than intended, 99th percentile; median over launches
};

struct CellSummary {
  Cell cell;
  bool floor = false;  // prices the harness or copying alone: never ranked
  std::size_t launches = 0;
  Estimate time_ns;  // each launch's time_ns()
  // Where messages are timed: median over launches of the 99th percentile; empty unless half of them have
  // enough samples.
  std::optional<double> p99_ns;
  // Received, except in ping-pong. In paced this is what got through of the offered load.
  std::optional<Estimate> messages_per_second;
  std::optional<Estimate> bytes_per_second;  // the same, of what carries payload
  std::optional<ClockCheck> clock;           // oneway, unless both ends were pinned to one CPU
  std::optional<LoadSummary> load;           // paced
  double producer_cpu_ns_per_message = 0;    // medians over launches
  double consumer_cpu_ns_per_message = 0;
  double lost_share = 0;  // lost / (received + lost) over all launches, 0 to 1
  // Of what time_ns is about, as shares of the median; see spread.hpp.
  std::optional<double> spread_between;  // launches
  std::optional<double> spread_within;   // a launch: the median over those where it is known
  std::size_t not_steady = 0;            // launches that drifted, see steadiness.hpp
  bool bimodal = false;                  // the launches fall into two modes
};

// Summarises each cell, in the report's order. Throws std::invalid_argument for a launch without samples or
// messages, which no report can hold.
std::vector<CellSummary> summarise(const Report& report);

}  // namespace ipcbench
