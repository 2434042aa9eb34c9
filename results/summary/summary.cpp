#include "results/summary/summary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <tuple>

#include "harness/base/line_distance.hpp"
#include "results/report/metrics.hpp"
#include "results/statistics/steadiness.hpp"
#include "results/summary/own_core.hpp"
#include "results/summary/spread.hpp"

namespace ipcbench {
namespace {

using Launches = std::vector<const Launch*>;

template <class Figure>
std::vector<double> over(const Launches& launches, Figure figure) {
  std::vector<double> values;
  values.reserve(launches.size());
  for (const Launch* launch : launches) values.push_back(figure(launch->measurement));
  return values;
}

// The median over the launches that have the figure; empty if none has it.
template <class Figure>
std::optional<double> median_known(const Launches& launches, Figure figure) {
  std::vector<double> values;
  for (const Launch* launch : launches) {
    if (const std::optional<double> value = figure(launch->measurement)) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  return median(std::move(values));
}

std::uint64_t total(const Launches& launches, std::uint64_t Measurement::*count) {
  std::uint64_t sum = 0;
  for (const Launch* launch : launches) sum += launch->measurement.*count;
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
  for (const Launch* launch : launches) {
    const auto& offset = launch->measurement.clock_offset;
    if (!offset || on_one_cpu(launch->measurement)) continue;
    if (!check) check.emplace();
    const auto low = static_cast<double>(offset->low_ns);
    const auto high = static_cast<double>(offset->high_ns);
    check->bound_ns = std::max({check->bound_ns, std::abs(low), std::abs(high)});
    check->agree = check->agree && low <= 0 && high >= 0;
  }
  return check;
}

std::optional<double> sent_p50_ns(const Measurement& measurement) {
  return measurement.sent ? percentile_ns(*measurement.sent, 500) : std::nullopt;
}

std::optional<LoadSummary> load_summary(const Launches& launches) {
  std::vector<double> offered_per_second;
  std::vector<double> lag_p50_ns;
  std::vector<double> lag_p99_ns;
  std::uint64_t scheduled = 0;
  std::uint64_t unsent = 0;
  for (const Launch* launch : launches) {
    const auto& schedule = launch->measurement.schedule;
    if (!schedule) continue;
    offered_per_second.push_back(schedule->offered_per_second);
    lag_p50_ns.push_back(static_cast<double>(schedule->lag_p50_ns));
    lag_p99_ns.push_back(static_cast<double>(schedule->lag_p99_ns));
    scheduled += schedule->scheduled_messages;
    unsent += schedule->unsent_messages;
  }
  if (offered_per_second.empty()) return std::nullopt;
  return LoadSummary{.offered_per_second = median(offered_per_second),
                     .unsent_share = share_of(unsent, scheduled),
                     .lag_p50_ns = median(lag_p50_ns),
                     .lag_p99_ns = median(lag_p99_ns),
                     .sent_p50_ns = median_known(launches, sent_p50_ns)};
}

// The quantile of all launches' messages together: Times are Measurement or StreamTimes. Empty without ten
// samples beyond.
template <class Times>
std::vector<std::optional<PooledQuantile>> pooled_percentiles(const std::vector<const Times*>& launches,
                                                              std::span<const unsigned> permille,
                                                              QuantileInterval interval) {
  std::vector<const LaunchHistogram*> histograms;
  std::vector<double> shares;
  std::uint64_t samples = 0;
  double longest_ns = 0;
  for (const Times* times : launches) {
    histograms.push_back(&times->histogram);
    samples += timed_messages(*times);
    longest_ns = std::max(longest_ns, static_cast<double>(times->max_ns));
  }
  for (const unsigned each : permille) shares.push_back(each / 1000.0);
  std::vector<std::optional<PooledQuantile>> results(permille.size());
  std::vector<PooledQuantile> quantiles = pooled_quantiles(histograms, shares, interval);
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    if (!supports_percentile(samples, permille[i])) continue;
    for (double* ns : {&quantiles[i].value, &quantiles[i].low, &quantiles[i].high}) {
      *ns = std::min(*ns, longest_ns);  // exact; the histogram knows buckets only
    }
    results[i] = quantiles[i];
  }
  return results;
}

StreamSummary stream_summary(const MessageStream& stream, const std::vector<const StreamTimes*>& launches,
                             QuantileInterval interval) {
  constexpr std::array kPermille{990U};
  std::vector<double> medians_ns;
  std::uint64_t scheduled = 0;
  std::uint64_t unsent = 0;
  for (const StreamTimes* times : launches) {
    if (const auto ns = percentile_ns(*times, 500)) medians_ns.push_back(*ns);
    scheduled += times->scheduled_messages;
    unsent += times->unsent_messages;
  }
  return {
      .stream = stream,
      .time_ns = medians_ns.empty() ? Estimate{} : estimate_median(medians_ns),
      .p99 = medians_ns.empty() ? std::nullopt : pooled_percentiles(launches, kPermille, interval).front(),
      .unsent_share = share_of(unsent, scheduled)};
}

std::vector<StreamSummary> stream_summaries(const Cell& cell, const Launches& launches,
                                            QuantileInterval interval) {
  std::vector<StreamSummary> summaries;
  if (!is_mixed(cell)) return summaries;
  for (const MessageStream& stream : cell.load.mix.streams()) {
    std::vector<const StreamTimes*> times;
    for (const Launch* launch : launches) times.push_back(&launch->measurement.streams.at(summaries.size()));
    summaries.push_back(stream_summary(stream, times, interval));
  }
  return summaries;
}

std::optional<double> buffer_bytes(const Report& report, const ReportCell& cell) {
  const MechanismInfo* const mechanism = find_info(report.mechanisms, cell.cell.mechanism);
  if (mechanism == nullptr || !mechanism->buffer) return std::nullopt;
  const std::string& buffer = *mechanism->buffer;
  if (cell.cell.parameters.size() > cell.cell.parameters.count(buffer)) return std::nullopt;
  const Settings& in_force = cell.launches.front().measurement.settings;
  const auto setting = in_force.find(buffer);
  if (setting == in_force.end()) return std::nullopt;
  const bool counts_bytes = buffer.ends_with("_bytes");
  return static_cast<double>(setting->second) *
         (counts_bytes ? 1 : static_cast<double>(cell.cell.size_bytes));
}

std::optional<LineSummary> line_summary(const Launches& launches) {
  std::optional<LineSummary> summary;
  for (const Launch* launch : launches) {
    const auto& line = launch->measurement.line;
    if (!line) continue;
    const auto [low_ns, high_ns] = std::minmax(line->before_ns, line->after_ns);
    if (!summary) summary = LineSummary{.low_ns = low_ns, .high_ns = high_ns};
    summary->low_ns = std::min(summary->low_ns, low_ns);
    summary->high_ns = std::max(summary->high_ns, high_ns);
  }
  if (summary) summary->mixed = !same_distance(summary->low_ns, summary->high_ns);
  return summary;
}

bool was_disturbed(const Launch* launch) { return !launch->measurement.disturbance.empty(); }

bool drifted(const Launch* launch) { return !is_steady(launch->measurement.windows).value_or(true); }

// The rate of the slowest of several pairs over that of the fastest, 0 to 1.
std::optional<double> slowest_pair(const Measurement& measurement) {
  if (measurement.pairs.empty()) return std::nullopt;
  const auto rate = [](const PairResult& pair) {
    return static_cast<double>(pair.messages) / static_cast<double>(pair.elapsed_ns);
  };
  const auto [slowest, fastest] = std::ranges::minmax(measurement.pairs, {}, rate);
  return rate(slowest) / rate(fastest);
}

// Whether a CPU is named by two of the groups. Ends that are not pinned name none.
bool overlap(const std::vector<std::vector<std::optional<int>>>& groups) {
  std::set<int> taken;
  for (const auto& group : groups) {
    std::set<int> own;
    for (const auto& cpu : group)
      if (cpu) own.insert(*cpu);
    for (const int cpu : own)
      if (!taken.insert(cpu).second) return true;
  }
  return false;
}

bool ends_share_cpus(const Cell& cell, const Measurement& measurement) {
  std::vector<std::vector<std::optional<int>>> groups;
  groups.reserve(measurement.pairs.size() + measurement.chain_cpus.size());
  for (const PairResult& pair : measurement.pairs) groups.push_back({pair.producer_cpu, pair.consumer_cpu});
  if (cell.cpus != Cpus::same)  // by which a chain is asked to share
    for (const auto& cpu : measurement.chain_cpus) groups.push_back({cpu});
  return overlap(groups);
}

using CountsByCell = std::map<std::string_view, const CellCounts*>;

// The reading program checked that there are messages.
void add_counts(SideSummary& summary, const SideCounts& counts, std::uint64_t messages) {
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    if (const auto& count = counts.*kCounters[i].count) {
      summary.counts[i] = static_cast<double>(*count) / static_cast<double>(messages);
    }
  }
}

void add_counts(CellSummary& summary, const CountsByCell& counts) {
  const auto found = counts.find(summary.name);
  if (found == counts.end() || found->second->messages == 0) return;
  const CellCounts& counted = *found->second;
  summary.counted = true;
  add_counts(summary.producer, counted.producer, counted.messages);
  add_counts(summary.consumer, counted.consumer, counted.messages);
}

SideSummary side_summary(const Launches& launches, SideCost Measurement::*side) {
  const auto per_message = [](const Measurement& m, std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(m.messages);
  };
  SideSummary summary;
  summary.switches = median(over(launches, [&](const Measurement& m) {
    return per_message(m, (m.*side).voluntary_switches + (m.*side).involuntary_switches);
  }));
  summary.run_delay_ns = median_known(launches, [&](const Measurement& m) {
    const auto& delay_ns = (m.*side).run_delay_ns;
    return delay_ns ? std::optional(per_message(m, *delay_ns)) : std::nullopt;
  });
  return summary;
}

void add_rates(CellSummary& summary, const Launches& launches, bool carries_payload) {
  summary.messages_per_second = estimate_median(over(launches, messages_per_second));
  if (!carries_payload || is_mixed(summary.cell)) return;  // a mix has no one size
  const auto size = static_cast<double>(summary.cell.size_bytes);
  summary.bytes_per_second =
      estimate_median(over(launches, [&](const auto& m) { return messages_per_second(m) * size; }));
}

// A launch alone may have too few samples for a percentile, and those that do are the slow ones. So all are
// taken together.
void add_percentiles(CellSummary& summary, const Launches& launches, QuantileInterval interval) {
  constexpr std::array kPermille{100U, 900U, 990U, 999U};
  std::vector<const Measurement*> measurements;
  for (const Launch* launch : launches) measurements.push_back(&launch->measurement);
  const auto percentiles = pooled_percentiles(measurements, kPermille, interval);
  std::tie(summary.p10, summary.p90, summary.p99, summary.p999) =
      std::tie(percentiles[0], percentiles[1], percentiles[2], percentiles[3]);
}

CellSummary summarise_cell(const Report& report, const ReportCell& cell, const OwnCore& own,
                           QuantileInterval interval) {
  const auto& [axes, name, all_launches] = cell;
  const Launches launches = those_that_count(all_launches, own);
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
  summary.left_out = all_launches.size() - launches.size();
  summary.messages = total(launches, &Measurement::messages);
  summary.time_ns = estimate_median(times_ns);
  for (const Launch* launch : launches) {
    summary.figures.push_back({launch->number, figure_of(pattern, launch->measurement)});
  }
  if (!is_ping_pong(pattern)) add_rates(summary, launches, carries_payload(report, axes));
  if (times_messages(pattern)) add_percentiles(summary, launches, interval);
  summary.clock = clock_check(launches);
  summary.load = load_summary(launches);
  summary.streams = stream_summaries(axes, launches, interval);
  summary.buffer_bytes = buffer_bytes(report, cell);
  summary.cpu_at_most = !std::ranges::all_of(
      launches, [](const Launch* launch) { return knows_own_cpu_time(launch->measurement); });
  summary.cpus_busy = median(over(launches, [](const Measurement& m) { return cpus_busy(m); }));
  summary.cpu_ns_per_message = median_cpu_of();
  summary.producer_cpu_ns_per_message = median_cpu_of(Side::producer);
  summary.consumer_cpu_ns_per_message = median_cpu_of(Side::consumer);
  summary.producer = side_summary(launches, &Measurement::producer);
  summary.consumer = side_summary(launches, &Measurement::consumer);
  const std::uint64_t lost = total(launches, &Measurement::lost_messages);
  summary.lost_share = share_of(lost, summary.messages + lost);
  summary.spread_between = spread_between(times_ns);
  summary.spread_within = median_known(launches, [&](const auto& m) { return spread_within(pattern, m); });
  summary.slowest_pair = median_known(launches, slowest_pair);
  summary.ends_share_cpus = std::ranges::any_of(
      launches, [&](const Launch* launch) { return ends_share_cpus(cell.cell, launch->measurement); });
  summary.not_steady = static_cast<std::size_t>(std::ranges::count_if(launches, drifted));
  summary.bimodal = is_bimodal(times_ns);
  summary.line = line_summary(launches);
  summary.disturbed = static_cast<std::size_t>(std::ranges::count_if(launches, was_disturbed));
  return summary;
}

}  // namespace

std::vector<CellSummary> summarise(const Report& report, QuantileInterval interval) {
  CountsByCell counts;
  if (report.counts) {
    for (const CellCounts& each : report.counts->cells) counts.emplace(each.cell, &each);
  }
  const OwnCore own = own_core(report.cells);
  std::vector<CellSummary> summaries;
  for (const ReportCell& cell : report.cells) {
    add_counts(summaries.emplace_back(summarise_cell(report, cell, own, interval)), counts);
  }
  return summaries;
}

double figure_of(Pattern pattern, const Measurement& measurement) {
  return times_messages(pattern) ? time_ns(pattern, measurement) : messages_per_second(measurement);
}

const Estimate& figure_of(const CellSummary& summary) {
  const bool counted = !times_messages(summary.cell.pattern) && summary.messages_per_second;
  return counted ? *summary.messages_per_second : summary.time_ns;
}

bool is_precise(const Estimate& estimate) {
  return estimate.confidence > 0 && reach_of(estimate) <= kPrecisionTarget;
}

double reach_of(const Estimate& estimate) {
  return std::max(estimate.high - estimate.median, estimate.median - estimate.low) / estimate.median;
}

}  // namespace ipcbench
