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

// The median over the launches that have the figure; empty unless they are at least `least_share` of all.
template <class Figure>
std::optional<double> median_known(const Launches& launches, double least_share, Figure figure) {
  std::vector<double> values;
  for (const Launch& launch : launches) {
    if (const std::optional<double> value = figure(launch.measurement)) values.push_back(*value);
  }
  const double least = least_share * static_cast<double>(launches.size());
  if (values.empty() || static_cast<double>(values.size()) < least) return std::nullopt;
  return median(std::move(values));
}

std::uint64_t total(const Launches& launches, std::uint64_t Measurement::*count) {
  std::uint64_t sum = 0;
  for (const Launch& launch : launches) sum += launch.measurement.*count;
  return sum;
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return part == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// One CPU has one clock. An exchange of readings on it bounds only the time of a context switch.
bool on_one_cpu(const Measurement& measurement) {
  return measurement.producer.cpu && measurement.producer.cpu == measurement.consumer.cpu;
}

// A single launch whose bounds exclude 0 proves that the clocks differ.
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
  return LoadSummary{.offered_per_second = median(offered_per_second),
                     .unsent_share = share_of(unsent, scheduled),
                     .lag_p99_ns = median(lag_p99_ns)};
}

bool drifted(const Launch& launch) { return !is_steady(launch.measurement.windows).value_or(true); }

void add_rates(CellSummary& summary, const Launches& launches, bool carries_payload) {
  summary.messages_per_second = estimate_median(over(launches, messages_per_second));
  if (!carries_payload) return;
  const auto size = static_cast<double>(summary.cell.size_bytes);
  summary.bytes_per_second =
      estimate_median(over(launches, [&](const auto& m) { return messages_per_second(m) * size; }));
}

CellSummary summarise_cell(const Report& report, const ReportCell& cell) {
  const auto& [axes, name, launches] = cell;
  const Pattern pattern = axes.pattern;
  const std::vector<double> times_ns =
      over(launches, [&](const Measurement& measurement) { return time_ns(pattern, measurement); });
  const auto median_cpu_of = [&](auto... side) {
    return median(over(launches, [&](const Measurement& m) { return cpu_ns_per_message(m, side...); }));
  };
  CellSummary summary;
  summary.cell = axes;
  summary.name = name;
  summary.floor = is_floor(report, axes);
  summary.launches = launches.size();
  summary.messages = total(launches, &Measurement::messages);
  summary.time_ns = estimate_median(times_ns);
  if (!is_ping_pong(pattern)) add_rates(summary, launches, carries_payload(report, axes));
  if (times_messages(pattern)) {
    // Launches too short for a 99th percentile are the slow ones, so the others represent the cell only if
    // they are at least half of it.
    summary.p99_ns = median_known(launches, 0.5, [](const auto& m) { return percentile_ns(m, 990); });
  }
  summary.clock = clock_check(launches);
  summary.load = load_summary(launches);
  summary.cpu_ns_per_message = median_cpu_of();
  summary.producer_cpu_ns_per_message = median_cpu_of(Side::producer);
  summary.consumer_cpu_ns_per_message = median_cpu_of(Side::consumer);
  const std::uint64_t lost = total(launches, &Measurement::lost_messages);
  summary.lost_share = share_of(lost, summary.messages + lost);
  summary.spread_between = spread_between(times_ns);
  summary.spread_within = median_known(launches, 0, [&](const auto& m) { return spread_within(pattern, m); });
  summary.not_steady = static_cast<std::size_t>(std::ranges::count_if(launches, drifted));
  summary.bimodal = is_bimodal(times_ns);
  return summary;
}

}  // namespace

std::vector<CellSummary> summarise(const Report& report) {
  std::vector<CellSummary> summaries;
  for (const ReportCell& cell : report.cells) summaries.push_back(summarise_cell(report, cell));
  return summaries;
}

double figure_of(Pattern pattern, const Measurement& measurement) {
  return times_messages(pattern) ? time_ns(pattern, measurement) : messages_per_second(measurement);
}

bool is_precise(const Estimate& estimate) {
  const double reach = std::max(estimate.high - estimate.median, estimate.median - estimate.low);
  return estimate.confidence > 0 && reach <= kPrecisionTarget * estimate.median;
}

}  // namespace ipcbench
