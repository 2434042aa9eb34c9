// One summary per cell over all of its launches: the input of the summary table, the exports and the charts.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/report/report.hpp"
#include "results/statistics/pooled_quantiles.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

// The error of a oneway cell's times, each of which was taken from the clocks of two CPUs.
struct ClockCheck {
  double bound_ns = 0;  // the widest bound of the offset in any launch
  bool agree = true;    // false: the offset of some launch was certainly not 0, so its times are wrong
};

// The load offered by a paced cell, and how far the sender fell behind it. Medians over launches, except for
// the share.
struct LoadSummary {
  double offered_per_second = 0;  // messages
  double unsent_share = 0;        // unsent at the end / due, over all launches; 0 to 1
  double lag_p50_ns = 0;          // send time after the intended one: median and 99th percentile
  double lag_p99_ns = 0;
  std::optional<double> sent_p50_ns;  // median time from the actual send; empty in old reports
};

// One stream of a mix. Its times are those of CellSummary, of its messages alone.
struct StreamSummary {
  MessageStream stream;
  Estimate time_ns;  // of each launch's median; launches in which none of its messages was due do not count
  std::optional<PooledQuantile> p99;
  double unsent_share = 0;
};

// How far apart the two CPUs were, by the time of a cache line there and back.
struct LineSummary {
  double low_ns = 0;  // of all launches that say, before and after their timed phases
  double high_ns = 0;
  bool mixed = false;  // not one distance (line_distance.hpp): the median is of launches that are not alike
};

// What a message (ping-pong: a round trip) costs one side besides CPU time.
struct SideSummary {
  // Medians over launches.
  double switches = 0;                 // context switches, voluntary or not
  std::optional<double> run_delay_ns;  // ready to run, but without a CPU; empty: not known
  // By kCounters, in the counted launch; empty: not counted.
  std::array<std::optional<double>, kCounters.size()> counts;
};

// A launch's time in ns where messages are timed, otherwise its messages per second: figure_of().
struct LaunchFigure {
  std::uint32_t number = 0;  // of the launch; equal numbers of different cells were made in one round
  double figure = 0;
};

struct CellSummary {
  Cell cell;
  std::string name;                   // cell_name()
  bool floor = false;                 // the cost of the harness or of copying alone: never ranked
  std::size_t launches = 0;           // that count, see own_core.hpp; all figures are of these
  std::size_t left_out = 0;           // those that do not, because another hardware thread used their core
  std::uint64_t messages = 0;         // received in all launches
  Estimate time_ns;                   // of each launch's time_ns()
  std::vector<LaunchFigure> figures;  // of the launches that count, ascending in number
  // Where messages are timed: percentiles of all launches' messages together, in nanoseconds; empty without
  // ten samples beyond.
  std::optional<PooledQuantile> p10;
  std::optional<PooledQuantile> p90;
  std::optional<PooledQuantile> p99;
  std::optional<PooledQuantile> p999;
  // Received; empty for ping-pong. For paced this is the part of the offered load that got through.
  std::optional<Estimate> messages_per_second;
  std::optional<Estimate> bytes_per_second;  // the same, if messages carry payload
  std::optional<ClockCheck> clock;           // oneway, unless both ends were pinned to one CPU
  std::optional<LoadSummary> load;           // paced
  std::vector<StreamSummary> streams;        // of a mix, in its order
  // How many bytes could be under way: the setting that MechanismInfo::buffer names, as it was in force,
  // times the size if it counts messages. Empty if the mechanism has none, or if other parameters were set
  // too.
  std::optional<double> buffer_bytes;
  // CPU times are upper bounds, see knows_own_cpu_time(): a paced cell of an old report.
  bool cpu_at_most = false;
  double cpus_busy = 0;           // how many CPUs all ends together kept busy; median over launches
  double cpu_ns_per_message = 0;  // of all ends together; medians over launches
  double producer_cpu_ns_per_message = 0;
  double consumer_cpu_ns_per_message = 0;
  SideSummary producer;
  SideSummary consumer;
  bool counted = false;   // the report has counts of this cell
  double lost_share = 0;  // lost / (received + lost) over all launches, 0 to 1
  // The scatter of time_ns, as shares of the median; see spread.hpp.
  std::optional<double> spread_between;  // between launches
  std::optional<double> spread_within;   // within a launch: the median over launches where it is known
  std::optional<double> slowest_pair;    // of several at once: its rate over the fastest one's; median
  bool ends_share_cpus = false;  // some CPU had ends of two pairs, or two of a chain not on one CPU by design
  std::size_t not_steady = 0;    // launches that drifted, see steadiness.hpp
  bool bimodal = false;          // the launches fall into two modes
  std::optional<LineSummary> line;  // between two pinned CPUs
  std::size_t disturbed = 0;        // launches that stayed disturbed though they were repeated
};

// Summarises each cell, in the report's order. Throws std::invalid_argument for a launch without samples or
// messages, which no report can hold.
// The intervals of percentiles take most of the time; `interval` can leave them out.
std::vector<CellSummary> summarise(const Report& report,
                                   QuantileInterval interval = QuantileInterval::bootstrap);

// The figure that the summary shows for a launch: time_ns() where messages are timed, otherwise
// messages_per_second().
double figure_of(Pattern pattern, const Measurement& measurement);
// The same of a cell: the median of its launches' figures, with its interval.
const Estimate& figure_of(const CellSummary& summary);

// The target: the interval of estimate_median() reaches no further than this share of the median to either
// side. Cells that miss it are marked in the summary, and get more launches while there is time.
inline constexpr double kPrecisionTarget = 0.10;

// Whether an estimate meets the target, at whatever confidence its interval has: 75 % after three launches,
// 95 % from six on. The median of one launch is never precise.
bool is_precise(const Estimate& estimate);

// How far the interval reaches to the farther side, as a share of the median.
double reach_of(const Estimate& estimate);

}  // namespace ipcbench
