// One line per cell: what its launches say together. The input of the summary table and the charts.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "results/report.hpp"
#include "results/statistics.hpp"

namespace ipcbench {

struct CellSummary {
  Cell cell;
  std::size_t launches = 0;
  // latency: each launch's median round trip; throughput: each launch's time per message. Nanoseconds.
  Estimate time_ns;
  // latency: median over launches of the 99th percentile; empty unless half of them have enough samples.
  std::optional<double> p99_ns;
  std::optional<Estimate> messages_per_second;  // throughput only
  std::optional<Estimate> bytes_per_second;     // throughput only, and not of the null floor
  double producer_cpu_ns_per_message = 0;       // medians over launches
  double consumer_cpu_ns_per_message = 0;
  double lost_share = 0;  // lost / (received + lost) over all launches, 0 to 1
};

// Groups the rows by cell (equal cell_name) and summarises each, in the order of each cell's first row.
// Throws std::invalid_argument for a row without samples or messages, which no report can hold.
std::vector<CellSummary> summarise(const Report& report);

// Whether the cell is a floor (what the harness or the copying alone costs), which is never ranked.
bool is_floor(const Cell& cell);

}  // namespace ipcbench
