#include "results/summary/summary.hpp"

#include <algorithm>
#include <cmath>

#include "results/report/metrics.hpp"
#include "results/statistics/steadiness.hpp"
#include "results/summary/spread.hpp"

namespace ipcbench {
namespace {

using Launches = std::vector<Launch>;

template <class Figure>
std::vector<double> over(const Launches& launches, Figure figure) {
  std::vector<double> values;
  values.reserve(launches.size());
  for (const Launch& launch : launches) values.push_back(figure(launch.measurement));
  return values;
}

// Launches too short for a 99th percentile are the slow ones; the others speak for the cell only while
// they are at least half of it.
std::optional<double> median_p99_ns(const Launches& launches) {
  std::vector<double> values;
  for (const Launch& launch : launches) {
    if (const auto p99 = percentile_ns(launch.measurement, 990)) values.push_back(*p99);
  }
  if (values.empty() || 2 * values.size() < launches.size()) return std::nullopt;
  return median(values);
}

double lost_share(const Launches& launches) {
  std::uint64_t received = 0;
  std::uint64_t lost = 0;
  for (const Launch& launch : launches) {
    received += launch.measurement.messages;
    lost += launch.measurement.lost_messages;
  }
  return lost == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(received + lost);
}

// One CPU has one clock; what an exchange of readings on it bounds is how long a change of threads takes.
bool on_one_cpu(const Measurement& measurement) {
  return measurement.producer.cpu && measurement.producer.cpu == measurement.consumer.cpu;
}

// A launch whose bounds exclude 0 proves that the clocks differ, whatever the others say.
std::optional<ClockCheck> clock_check(const Launches& launches) {
  std::optional<ClockCheck> check;
  for (const Launch& launch : launches) {
    const auto& offset = launch.measurement.clock_offset;
    if (!offset || on_one_cpu(launch.measurement)) continue;
    if (!check) check.emplace();
    const auto low = static_cast<double>(offset->low_ns);
    const auto high = static_cast<double>(offset->high_ns);
    check->bound_ns = std::max({check->bound_ns, std::abs(low), std::abs(high)});
    check->agree = check->agree && low <= 0 && high >= 0;
  }
  return check;
}

std::optional<LoadSummary> load_summary(const Launches& launches) {
  std::vector<double> offered_per_second;
  std::vector<double> lag_p99_ns;
  std::uint64_t scheduled = 0;
  std::uint64_t unsent = 0;
  for (const Launch& launch : launches) {
    const auto& schedule = launch.measurement.schedule;
    if (!schedule) continue;
    offered_per_second.push_back(schedule->offered_per_second);
    lag_p99_ns.push_back(static_cast<double>(schedule->lag_p99_ns));
    scheduled += schedule->scheduled_messages;
    unsent += schedule->unsent_messages;
  }
  if (offered_per_second.empty()) return std::nullopt;
  return LoadSummary{
      .offered_per_second = median(offered_per_second),
      .unsent_share = unsent == 0 ? 0 : static_cast<double>(unsent) / static_cast<double>(scheduled),
      .lag_p99_ns = median(lag_p99_ns)};
}

std::optional<double> median_spread_within(const ReportCell& cell) {
  std::vector<double> values;
  for (const Launch& launch : cell.launches) {
    if (const auto spread = spread_within(cell.cell.pattern, launch.measurement)) values.push_back(*spread);
  }
  if (values.empty()) return std::nullopt;
  return median(std::move(values));
}

bool drifted(const Launch& launch) { return !is_steady(launch.measurement.windows).value_or(true); }

void add_rates(CellSummary& summary, const Launches& launches, bool carries_payload) {
  const std::vector<double> rates = over(launches, messages_per_second);
  summary.messages_per_second = estimate_median(rates);
  if (!carries_payload) return;
  std::vector<double> bytes;
  bytes.reserve(rates.size());
  for (const double rate : rates) bytes.push_back(rate * static_cast<double>(summary.cell.size_bytes));
  summary.bytes_per_second = estimate_median(std::move(bytes));
}

CellSummary summarise_cell(const Report& report, const ReportCell& cell) {
  const auto& [axes, name, launches] = cell;
  const Pattern pattern = axes.pattern;
  const std::vector<double> times_ns =
      over(launches, [&](const Measurement& measurement) { return time_ns(pattern, measurement); });
  const auto median_cpu_of = [&](Side side) {
    return median(over(
        launches, [side](const Measurement& measurement) { return cpu_ns_per_message(measurement, side); }));
  };
  CellSummary summary;
  summary.cell = axes;
  summary.floor = is_floor(report, axes);
  summary.launches = launches.size();
  summary.time_ns = estimate_median(times_ns);
  if (!is_ping_pong(pattern)) add_rates(summary, launches, carries_payload(report, axes));
  if (times_messages(pattern)) summary.p99_ns = median_p99_ns(launches);
  summary.clock = clock_check(launches);
  summary.load = load_summary(launches);
  summary.producer_cpu_ns_per_message = median_cpu_of(Side::producer);
  summary.consumer_cpu_ns_per_message = median_cpu_of(Side::consumer);
  summary.lost_share = lost_share(launches);
  summary.spread_between = spread_between(times_ns);
  summary.spread_within = median_spread_within(cell);
  summary.not_steady = static_cast<std::size_t>(std::ranges::count_if(launches, drifted));
  summary.bimodal = is_bimodal(times_ns);
  return summary;
}

}  // namespace

std::vector<CellSummary> summarise(const Report& report) {
  std::vector<CellSummary> summaries;
  summaries.reserve(report.cells.size());
  for (const ReportCell& cell : report.cells) summaries.push_back(summarise_cell(report, cell));
  return summaries;
}

}  // namespace ipcbench
