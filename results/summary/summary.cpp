#include "results/summary/summary.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "results/report/row_metrics.hpp"
#include "results/statistics/steadiness.hpp"
#include "results/summary/spread.hpp"

namespace ipcbench {
namespace {

using Rows = std::vector<const Row*>;

template <class Metric>
std::vector<double> over(const Rows& rows, Metric metric) {
  std::vector<double> values;
  values.reserve(rows.size());
  for (const Row* row : rows) values.push_back(metric(*row));
  return values;
}

// Launches too short for a 99th percentile are the slow ones; the others speak for the cell only while
// they are at least half of it.
std::optional<double> median_p99_ns(const Rows& rows) {
  std::vector<double> values;
  for (const Row* row : rows) {
    if (const auto p99 = percentile_ns(*row, 990)) values.push_back(*p99);
  }
  if (values.empty() || 2 * values.size() < rows.size()) return std::nullopt;
  return median(values);
}

double lost_share(const Rows& rows) {
  std::uint64_t received = 0;
  std::uint64_t lost = 0;
  for (const Row* row : rows) {
    received += row->measurement.messages;
    lost += row->measurement.lost_messages;
  }
  return lost == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(received + lost);
}

// One CPU has one clock; what an exchange of readings on it bounds is how long a change of threads takes.
bool on_one_cpu(const Measurement& measurement) {
  return measurement.producer.cpu && measurement.producer.cpu == measurement.consumer.cpu;
}

// A launch whose bounds exclude 0 proves that the clocks differ, whatever the others say.
std::optional<ClockCheck> clock_check(const Rows& rows) {
  std::optional<ClockCheck> check;
  for (const Row* row : rows) {
    const auto& offset = row->measurement.clock_offset;
    if (!offset || on_one_cpu(row->measurement)) continue;
    if (!check) check.emplace();
    const auto low = static_cast<double>(offset->low_ns);
    const auto high = static_cast<double>(offset->high_ns);
    check->bound_ns = std::max({check->bound_ns, std::abs(low), std::abs(high)});
    check->agree = check->agree && low <= 0 && high >= 0;
  }
  return check;
}

std::optional<LoadSummary> load_summary(const Rows& rows) {
  std::vector<double> offered_per_second;
  std::vector<double> lag_p99_ns;
  std::uint64_t scheduled = 0;
  std::uint64_t unsent = 0;
  for (const Row* row : rows) {
    const auto& schedule = row->measurement.schedule;
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

std::optional<double> median_spread_within(const Rows& rows) {
  std::vector<double> values;
  for (const Row* row : rows) {
    if (const auto spread = spread_within(*row)) values.push_back(*spread);
  }
  if (values.empty()) return std::nullopt;
  return median(std::move(values));
}

bool drifted(const Row* row) { return !is_steady(row->measurement.windows).value_or(true); }

void add_quality(CellSummary& summary, const Rows& rows) {
  const std::vector<double> times_ns = over(rows, time_ns);
  summary.spread_between = spread_between(times_ns);
  summary.spread_within = median_spread_within(rows);
  summary.not_steady = static_cast<std::size_t>(std::ranges::count_if(rows, drifted));
  summary.bimodal = is_bimodal(times_ns);
}

void add_rates(CellSummary& summary, const Rows& rows) {
  summary.messages_per_second = estimate_median(over(rows, messages_per_second));
  if (!carries_payload(summary.cell)) return;
  summary.bytes_per_second =
      estimate_median(over(rows, [](const Row& row) { return *bytes_per_second(row); }));
}

CellSummary summarise_cell(const Rows& rows) {
  CellSummary summary;
  summary.cell = rows.front()->cell;
  summary.launches = rows.size();
  summary.time_ns = estimate_median(over(rows, time_ns));
  if (!is_ping_pong(summary.cell.pattern)) add_rates(summary, rows);
  if (times_messages(summary.cell.pattern)) summary.p99_ns = median_p99_ns(rows);
  summary.clock = clock_check(rows);
  summary.load = load_summary(rows);
  const auto cpu_of = [](Side side) {
    return [side](const Row& row) { return cpu_ns_per_message(row, side); };
  };
  summary.producer_cpu_ns_per_message = median(over(rows, cpu_of(Side::producer)));
  summary.consumer_cpu_ns_per_message = median(over(rows, cpu_of(Side::consumer)));
  summary.lost_share = lost_share(rows);
  add_quality(summary, rows);
  return summary;
}

}  // namespace

bool is_floor(const Cell& cell) { return cell.mechanism == "null" || cell.mechanism == "memcpy"; }

std::vector<CellSummary> summarise(const Report& report) {
  std::unordered_map<std::string, std::size_t> place;
  std::vector<Rows> cells;
  for (const Row& row : report.rows) {
    const auto [entry, is_new] = place.try_emplace(cell_name(row.cell), cells.size());
    if (is_new) cells.emplace_back();
    cells[entry->second].push_back(&row);
  }
  std::vector<CellSummary> summaries;
  summaries.reserve(cells.size());
  for (const Rows& rows : cells) summaries.push_back(summarise_cell(rows));
  return summaries;
}

}  // namespace ipcbench
