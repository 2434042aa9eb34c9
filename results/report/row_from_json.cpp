// Reading a row: the cell, the measurement, and whether the figures agree.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/base/cell.hpp"
#include "results/report/metrics.hpp"
#include "results/report/report_fields.hpp"

namespace ipcbench {
namespace {

Settings read_settings(const JsonValue& json) {
  Settings settings;
  for (const auto& [name, value] : json.members()) settings[name] = value.integer();
  return settings;
}

void read_axis_value(Cell& cell, const CellAxis& axis, const JsonValue& json) {
  const bool is_word = axis.form == CellAxis::Form::word;
  std::string text = is_word ? json.string() : std::to_string(json.integer());
  if (axis.form == CellAxis::Form::percent) text += '%';
  try {
    axis.assign(cell, text);
  } catch (const std::invalid_argument& error) {
    json.fail(error.what());
  }
}

SideCost read_side(const JsonValue& row, const JsonValue& ipc, const std::string& side) {
  SideCost cost;
  cost.cpu_ns = ipc.at(side + "_cpu_time_ns").integer();
  cost.voluntary_switches = row.at(side + "_voluntary_switches").integer();
  cost.involuntary_switches = row.at(side + "_involuntary_switches").integer();
  cost.minor_faults = ipc.at(side + "_minor_faults").integer();
  if (const auto delay = ipc.find(side + "_run_delay_ns")) cost.run_delay_ns = delay->integer();
  if (const auto cpu = ipc.at(side + "_cpu"); !cpu.is_null()) cost.cpu = cpu.integer<int>();
  return cost;
}

// Quantiles are computed in one pass, so the buckets have to ascend, and each has to be one of the
// histogram's.
std::vector<HistogramBucket> read_histogram(const JsonValue& json) {
  std::vector<HistogramBucket> histogram;
  std::uint64_t total = 0;
  for (const auto& [lower_ns, count] : json.pairs()) {
    const auto at = [&] { return fmt::format("pair {}", histogram.size()); };
    if (!histogram.empty() && lower_ns <= histogram.back().lower_ns) json.fail(at() + " does not ascend");
    if (Histogram::lower_bound_ns(Histogram::index_of(lower_ns)) != lower_ns) {
      json.fail(fmt::format("{}: {} is not the lower bound of a bucket", at(), lower_ns));
    }
    if (count == 0 || __builtin_add_overflow(total, count, &total)) {
      json.fail(fmt::format("{}: a count of {} is not possible", at(), count));
    }
    histogram.push_back({lower_ns, count});
  }
  return histogram;
}

// Reports of the first version have no sum. Their only timed pattern is the ping-pong, in which the samples
// fill the timed phase. Without a trim, a launch's time is its median.
void read_times(Measurement& measurement, const JsonValue& row, const JsonValue& ipc, Pattern pattern) {
  measurement.min_ns = row.at("min_ns").integer();
  measurement.max_ns = row.at("max_ns").integer();
  if (measurement.min_ns > measurement.max_ns) row.fail("min_ns is above max_ns");
  const bool has_sum = pattern != Pattern::latency || ipc.find("sum_ns");
  measurement.sum_ns = has_sum ? ipc.at("sum_ns").integer() : measurement.elapsed_ns;
  if (const auto trim = ipc.find("trim")) measurement.trim = trim->number();
  if (measurement.trim < 0 || measurement.trim > 0.5) ipc.fail("trim has to be from 0 to 0.5");
}

ScheduleResult read_schedule(const JsonValue& row) {
  const auto schedule = value_from<ScheduleResult>(row);
  if (schedule.offered_per_second <= 0) row.at("offered_per_second").fail("has to be above 0");
  if (schedule.unsent_messages > schedule.scheduled_messages) {
    row.fail("unsent_messages is above scheduled_messages");
  }
  return schedule;
}

// Rows of older reports, and of ends that were not pinned to two CPUs, have none.
std::optional<LineRoundTrip> read_line(const JsonValue& row) {
  if (!row.find("line_rtt_before_ns")) return std::nullopt;
  const auto line = value_from<LineRoundTrip>(row);
  if (line.before_ns <= 0 || line.after_ns <= 0) row.fail("a cache line's round trip takes no time");
  return line;
}

// The same of rows of ends that were not pinned to one CPU.
std::optional<CoreWork> read_core(const JsonValue& row) {
  if (!row.find("core_work_before_ns")) return std::nullopt;
  const auto core = value_from<CoreWork>(row);
  if (core.before_ns <= 0 || core.after_ns <= 0) row.fail("the work on a core takes no time");
  return core;
}

// Reports of older programs have none.
std::optional<SetUpTimes> read_set_up(const JsonValue& row) {
  if (!row.find("connect_ns")) return std::nullopt;
  return value_from<SetUpTimes>(row);
}

// Reports of older programs have none.
std::optional<SentTimes> read_sent(const JsonValue& row, const JsonValue& ipc) {
  const auto histogram = ipc.find("sent_histogram");
  if (!histogram) return std::nullopt;
  SentTimes times{.min_ns = row.at("sent_min_ns").integer(),
                  .max_ns = row.at("sent_max_ns").integer(),
                  .sum_ns = ipc.at("sent_sum_ns").integer(),
                  .histogram = read_histogram(*histogram)};
  if (times.min_ns > times.max_ns) row.fail("sent_min_ns is above sent_max_ns");
  return times;
}

StreamTimes read_stream(const JsonValue& json, const MessageStream& stream) {
  if (json.at("size_bytes").integer() != stream.size_bytes ||
      json.at("rate_per_second").integer() != stream.per_second) {
    json.fail(fmt::format("is not the stream of {} that the cell has here", describe(stream)));
  }
  StreamTimes times{.scheduled_messages = json.at("scheduled_messages").integer(),
                    .unsent_messages = json.at("unsent_messages").integer(),
                    .min_ns = json.at("min_ns").integer(),
                    .max_ns = json.at("max_ns").integer(),
                    .sum_ns = json.at("sum_ns").integer(),
                    .histogram = read_histogram(json.at("histogram"))};
  if (times.min_ns > times.max_ns) json.fail("min_ns is above max_ns");
  if (times.unsent_messages > times.scheduled_messages)
    json.fail("unsent_messages is above scheduled_messages");
  return times;
}

// In the order of the cell's mix.
std::vector<StreamTimes> read_streams(const JsonValue& ipc, const StreamMix& mix) {
  std::vector<StreamTimes> all;
  if (mix.empty()) return all;
  const JsonValue streams = ipc.at("streams");
  for (const JsonValue& each : streams.elements()) {
    if (all.size() == mix.streams().size()) break;
    all.push_back(read_stream(each, mix.streams()[all.size()]));
  }
  if (all.size() != mix.streams().size() || streams.elements().size() != all.size())
    streams.fail(fmt::format("there are not as many as the {} of the cell", mix.streams().size()));
  return all;
}

std::optional<int> read_cpu(const JsonValue& cpu) {
  return cpu.is_null() ? std::nullopt : std::optional(cpu.integer<int>());
}

// The whole is the sum of its pairs over the longest time.
std::vector<PairResult> read_pairs(const JsonValue& ipc, const Cell& cell, const Measurement& whole) {
  std::vector<PairResult> pairs;
  if (!is_paired(cell.pattern) || cell.pairs == 1) return pairs;
  const JsonValue json = ipc.at("each_pair");
  std::uint64_t messages = 0;
  std::uint64_t longest_ns = 0;
  for (const JsonValue& each : json.elements()) {
    pairs.push_back({each.at("messages").integer(), each.at("elapsed_ns").integer(),
                     read_cpu(each.at("producer_cpu")), read_cpu(each.at("consumer_cpu"))});
    const PairResult& pair = pairs.back();
    if (pair.messages == 0 || pair.elapsed_ns == 0) each.fail("a pair needs messages and elapsed time");
    if (__builtin_add_overflow(messages, pair.messages, &messages)) each.fail("so many are not possible");
    longest_ns = std::max(longest_ns, pair.elapsed_ns);
  }
  if (pairs.size() != cell.pairs)
    json.fail(fmt::format("there are not as many as the {} pairs of the cell", cell.pairs));
  if (messages != whole.messages || longest_ns != whole.elapsed_ns)
    json.fail("the pairs do not add up to `iterations` and `elapsed_ns`");
  return pairs;
}

std::vector<std::optional<int>> read_chain(const JsonValue& ipc, const Cell& cell) {
  std::vector<std::optional<int>> cpus;
  if (!has_chain(cell)) return cpus;
  const JsonValue json = ipc.at("chain_cpus");
  for (const JsonValue& cpu : json.elements()) cpus.push_back(read_cpu(cpu));
  if (cpus.size() != cell.chain)
    json.fail(fmt::format("there are not as many as the {} ends of the chain", cell.chain));
  return cpus;
}

Measurement read_measurement(const JsonValue& row, const JsonValue& ipc, const Cell& cell) {
  const Pattern pattern = cell.pattern;
  Measurement measurement;
  measurement.messages = row.at("iterations").integer();
  measurement.lost_messages = row.at("lost_messages").integer();
  measurement.verified_messages = ipc.at("verified_messages").integer();
  measurement.elapsed_ns = ipc.at("elapsed_ns").integer();
  if (times_messages(pattern)) read_times(measurement, row, ipc, pattern);
  measurement.histogram = read_histogram(ipc.at("histogram"));
  measurement.producer = read_side(row, ipc, "producer");
  measurement.consumer = read_side(row, ipc, "consumer");
  if (pattern == Pattern::oneway) measurement.clock_offset = value_from<ClockOffset>(row);
  if (pattern == Pattern::paced) {
    measurement.schedule = read_schedule(row);
    measurement.sent = read_sent(row, ipc);
    measurement.streams = read_streams(ipc, cell.load.mix);
    if (measurement.schedule->pacing_cpu_ns.value_or(0) > measurement.producer.cpu_ns)
      row.fail("pacing_cpu_time_ns is above the producer's CPU time");
  }
  measurement.pairs = read_pairs(ipc, cell, measurement);
  measurement.chain_cpus = read_chain(ipc, cell);
  measurement.line = read_line(row);
  measurement.core = read_core(row);
  measurement.set_up = read_set_up(row);
  if (const auto disturbance = ipc.find("disturbance")) measurement.disturbance = disturbance->string();
  for (const auto& [messages, elapsed_ns] : ipc.at("windows").pairs()) {
    measurement.windows.push_back({messages, elapsed_ns});
  }
  measurement.settings = read_settings(ipc.at("settings"));
  if (const auto node = ipc.find("memory_node")) measurement.memory_node = static_cast<int>(node->integer());
  return measurement;
}

// Rows repeat derived figures for other programs; records are built from the raw ones. A row whose figures
// disagree was edited by hand, and nobody knows which figure was meant. One per cent leaves room for another
// definition of a quantile within a histogram's bucket.
void check_derived(const JsonValue& json, const Row& row) {
  const double derived_ns = time_ns(row.cell.pattern, row.measurement);
  if (row.measurement.messages == 0 || row.measurement.elapsed_ns == 0 || !std::isfinite(derived_ns)) {
    json.fail("a row needs messages, elapsed time, and where messages are timed a histogram");
  }
  const JsonValue real_time = json.at("real_time");
  if (std::abs(real_time.number() - derived_ns) > 0.01 * derived_ns) {
    real_time.fail(
        fmt::format("{} does not agree with `ipc`, which gives {}", real_time.number(), derived_ns));
  }
}

}  // namespace

// The pattern comes before the axes that only some patterns have. Entries of one name are alternatives: a
// cell has one of them.
Cell cell_from_json(const JsonValue& ipc) {
  Cell cell;
  std::string_view known;  // the alternative that was read
  for (const CellAxis& axis : kCellAxes) {
    if (axis.applies != nullptr && !axis.applies(cell.pattern)) continue;
    const bool is_last = &axis == &kCellAxes.back() || (&axis + 1)->name != axis.name;
    const auto value = ipc.find(axis.json_key);
    if (value) {
      if (known == axis.name) ipc.fail(fmt::format("has more than one value for the axis {}", axis.name));
      read_axis_value(cell, axis, *value);
      known = axis.name;
    } else if (is_last && known != axis.name && !axis.optional_in_json) {
      static_cast<void>(ipc.at(axis.json_key));  // throws
    }
  }
  if (const JsonValue size = ipc.at("size_bytes"); is_mixed(cell) && size.integer() != cell.size_bytes)
    size.fail(fmt::format("is not {}, the longest of rate_streams", cell.size_bytes));
  cell.parameters = read_settings(ipc.at("parameters"));
  return cell;
}

RowHead row_head_from_json(const JsonValue& row, const JsonValue& ipc) {
  RowHead head{.cell = cell_from_json(ipc), .name = {}};
  head.name = cell_name(head.cell);
  for (const char* key : {"name", "run_name"}) {
    const JsonValue name = row.at(key);
    if (name.string() != head.name + "/real_time") {
      name.fail(fmt::format("does not agree with `ipc`, which says {}/real_time", head.name));
    }
  }
  if (const JsonValue unit = row.at("time_unit"); unit.string() != "ns") unit.fail("is not \"ns\"");
  head.launch = row.at("repetition_index").integer<std::uint32_t>();
  return head;
}

Row row_from_json(const JsonValue& json) {
  const auto ipc = json.find("ipc");
  if (!ipc) json.fail(fmt::format("has no `ipc` part; {}", kPlainGoogleBenchmark));
  RowHead head = row_head_from_json(json, *ipc);
  Measurement measurement = read_measurement(json, *ipc, head.cell);
  Row row{.cell = std::move(head.cell), .launch = head.launch, .measurement = std::move(measurement)};
  check_derived(json, row);
  return row;
}

Failure failure_from_json(const JsonValue& json) { return value_from<Failure>(json); }

}  // namespace ipcbench
