// Writing: records to JSON text. Its mirror image is report_from_json.cpp.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <stdexcept>

#include "harness/base/cell.hpp"
#include "harness/cleanup/whole_file.hpp"
#include "results/report/compression.hpp"
#include "results/report/metrics.hpp"
#include "results/report/report_fields.hpp"
#include "results/report/report_json.hpp"
#include "results/statistics/steadiness.hpp"

namespace ipcbench {
namespace {

// A part that every row of its pattern has.
template <class Part>
const Part& present(const std::optional<Part>& part, std::string_view what, std::string_view owner) {
  if (part) return *part;
  throw std::invalid_argument(
      fmt::format("{}: lacks {}, without which its times cannot be read", owner, what));
}

// Times: a Measurement, its SentTimes with the prefix "sent_", or those of a stream. All else follows from
// the sum and the histogram.
template <class Times>
void add_extremes(Json& json, const std::string& prefix, const Times& times) {
  json[prefix + "min_ns"] = times.min_ns;
  json[prefix + "max_ns"] = times.max_ns;
}

// The percentiles that readers of many reports compare. With them, they read a row without its histogram.
void add_percentiles(Json& json, const Measurement& measurement) {
  constexpr std::pair<const char*, unsigned> kPercentiles[] = {{"p10_ns", 100}, {"p99_ns", 990}};
  for (const auto& [key, permille] : kPercentiles) {
    if (const auto ns = percentile_ns(measurement, permille)) json[key] = four_digits(*ns);
  }
}

// The facts about a cell that each of its rows needs.
struct RowFrame {
  const ReportCell& cell;
  CellIndex index;
  bool carries_payload;
};

void add_rates(Json& json, const RowFrame& frame, const Measurement& measurement) {
  const double rate = finite(messages_per_second(measurement), "items_per_second", frame.cell.name);
  json["items_per_second"] = four_digits(rate);
  if (frame.carries_payload) {
    json["bytes_per_second"] = four_digits(rate * static_cast<double>(frame.cell.cell.size_bytes));
  }
}

void add_results(Json& json, const RowFrame& frame, const Measurement& measurement) {
  const auto& [cell, name] = std::tie(frame.cell.cell, frame.cell.name);
  if (!times_messages(cell.pattern)) return add_rates(json, frame, measurement);
  add_extremes(json, "", measurement);
  add_percentiles(json, measurement);
  if (cell.pattern == Pattern::oneway) {
    write_fields(json, present(measurement.clock_offset, "the clocks' offset", name), name);
  }
  if (cell.pattern == Pattern::paced) {
    write_fields(json, present(measurement.schedule, "its schedule", name), name);
    if (measurement.sent) add_extremes(json, "sent_", *measurement.sent);
  }
}

void add_costs(Json& json, const Measurement& measurement) {
  const auto& [producer, consumer] = std::tie(measurement.producer, measurement.consumer);
  json["producer_voluntary_switches"] = producer.voluntary_switches;
  json["producer_involuntary_switches"] = producer.involuntary_switches;
  json["consumer_voluntary_switches"] = consumer.voluntary_switches;
  json["consumer_involuntary_switches"] = consumer.involuntary_switches;
}

void add_side(Json& ipc, const std::string& side, const SideCost& cost) {
  ipc[side + "_cpu"] = cost.cpu ? Json(*cost.cpu) : Json(nullptr);
  ipc[side + "_cpu_time_ns"] = cost.cpu_ns;
  ipc[side + "_minor_faults"] = cost.minor_faults;
  if (cost.run_delay_ns) ipc[side + "_run_delay_ns"] = *cost.run_delay_ns;
}

Json histogram_json(const std::vector<HistogramBucket>& histogram) {
  Json json = Json::array();
  for (const auto& bucket : histogram) json.push_back({bucket.lower_ns, bucket.count});
  return json;
}

// One stream of a mix, with the figures that a row has of all messages.
Json stream_json(const MessageStream& stream, const StreamTimes& times) {
  Json json{{"size_bytes", stream.size_bytes},
            {"rate_per_second", stream.per_second},
            {"scheduled_messages", times.scheduled_messages},
            {"unsent_messages", times.unsent_messages}};
  add_extremes(json, "", times);
  json["sum_ns"] = times.sum_ns;
  json["histogram"] = histogram_json(times.histogram);
  return json;
}

void add_streams(Json& ipc, const Cell& cell, const Measurement& measurement) {
  if (!is_mixed(cell)) return;
  const auto streams = cell.load.mix.streams();
  if (streams.size() != measurement.streams.size())
    throw std::invalid_argument(fmt::format("{}: lacks the times of its streams", cell_name(cell)));
  Json& json = ipc["streams"] = Json::array();
  for (std::size_t i = 0; i < streams.size(); ++i)
    json.push_back(stream_json(streams[i], measurement.streams[i]));
}

Json cpu_json(const std::optional<int>& cpu) { return cpu ? Json(*cpu) : Json(nullptr); }

void add_pairs(Json& ipc, const Cell& cell, const Measurement& measurement) {
  if (!is_paired(cell.pattern) || cell.pairs == 1) return;
  if (measurement.pairs.size() != cell.pairs)
    throw std::invalid_argument(fmt::format("{}: lacks the results of its pairs", cell_name(cell)));
  Json& json = ipc["each_pair"] = Json::array();
  for (const auto& [messages, elapsed_ns, producer_cpu, consumer_cpu] : measurement.pairs)
    json.push_back({{"messages", messages},
                    {"elapsed_ns", elapsed_ns},
                    {"producer_cpu", cpu_json(producer_cpu)},
                    {"consumer_cpu", cpu_json(consumer_cpu)}});
}

void add_chain(Json& ipc, const Cell& cell, const Measurement& measurement) {
  if (!has_chain(cell)) return;
  if (measurement.chain_cpus.size() != cell.chain)
    throw std::invalid_argument(fmt::format("{}: lacks the CPUs of its chain", cell_name(cell)));
  Json& json = ipc["chain_cpus"] = Json::array();
  for (const auto& cpu : measurement.chain_cpus) json.push_back(cpu_json(cpu));
}

Json ipc_json(const Cell& cell, const Measurement& measurement) {
  Json ipc = cell_json(cell);
  ipc["settings"] = measurement.settings;
  if (measurement.memory_node) ipc["memory_node"] = *measurement.memory_node;
  ipc["verified_messages"] = measurement.verified_messages;
  ipc["elapsed_ns"] = measurement.elapsed_ns;
  if (times_messages(cell.pattern)) {
    ipc["sum_ns"] = measurement.sum_ns;
    ipc["trim"] = finite(measurement.trim, "trim", cell_name(cell));
  }
  add_side(ipc, "producer", measurement.producer);
  add_side(ipc, "consumer", measurement.consumer);
  if (!measurement.disturbance.empty()) ipc["disturbance"] = measurement.disturbance;
  ipc["histogram"] = histogram_json(measurement.histogram);
  if (measurement.sent) {
    ipc["sent_sum_ns"] = measurement.sent->sum_ns;
    ipc["sent_histogram"] = histogram_json(measurement.sent->histogram);
  }
  add_streams(ipc, cell, measurement);
  add_pairs(ipc, cell, measurement);
  add_chain(ipc, cell, measurement);
  Json& windows = ipc["windows"] = Json::array();
  for (const auto& window : measurement.windows) windows.push_back({window.messages, window.elapsed_ns});
  if (const auto steady = is_steady(measurement.windows)) ipc["steady"] = *steady;
  return ipc;
}

Json row_json(const RowFrame& frame, const Launch& launch) {
  const auto& [cell, name] = std::tie(frame.cell.cell, frame.cell.name);
  const Measurement& measurement = launch.measurement;
  Json json;
  json["name"] = name + "/real_time";
  json["family_index"] = frame.index.family;
  json["per_family_instance_index"] = frame.index.instance;
  json["run_name"] = json["name"];
  json["run_type"] = "iteration";
  json["repetitions"] = frame.cell.launches.size();
  json["repetition_index"] = launch.number;
  json["threads"] = 1;
  json["iterations"] = measurement.messages;
  json["real_time"] = four_digits(finite(time_ns(cell.pattern, measurement), "real_time", name));
  json["cpu_time"] = four_digits(finite(cpu_ns_per_message(measurement), "cpu_time", name));
  json["time_unit"] = "ns";
  json["lost_messages"] = measurement.lost_messages;
  add_results(json, frame, measurement);
  add_costs(json, measurement);
  if (measurement.line) write_fields(json, *measurement.line, name);
  if (measurement.core) write_fields(json, *measurement.core, name);
  if (measurement.set_up) write_fields(json, *measurement.set_up, name);
  json["ipc"] = ipc_json(cell, measurement);
  return json;
}

// A fact given twice was read again; the later reading stands.
Json host_json(const std::vector<Fact>& facts) {
  Json json = Json::object();
  for (const auto& fact : facts) json[fact.name] = fact.value;
  return json;
}

Json guarantees_json(const std::map<std::string, Guarantees>& guarantees) {
  Json json = Json::object();
  for (const auto& [mechanism, answers] : guarantees) {
    Json& questions = json[mechanism] = Json::object();
    for (const auto& [guarantee, answer] : answers)
      questions[std::string(name_of(guarantee))] = json_of(answer, "guarantees", mechanism);
  }
  return json;
}

Json own_json(const Report& report) {
  Json json{
      {"schema", kReportSchema}, {"version", report.version}, {"session", session_json(report.session)}};
  json["host"] = host_json(report.host);
  json["doubts"] = json_of(report.doubts, "doubts", "report");
  json["floors"] = json_of(report.floors, "floors", "floors");
  if (!report.mechanisms.empty()) json["mechanisms"] = json_of(report.mechanisms, "mechanisms", "report");
  if (!report.guarantees.empty()) json["guarantees"] = guarantees_json(report.guarantees);
  json["skipped"] = json_of(report.skipped, "skipped", "report");
  json["failed"] = json_of(report.failed, "failed", "report");
  if (report.counts) json["counts"] = json_of(*report.counts, "counts", "report");
  return json;
}

}  // namespace

double finite(double value, std::string_view key, std::string_view owner) {
  if (std::isfinite(value)) return value;
  throw std::invalid_argument(fmt::format("{}: {} is {}, which is no measurement", owner, key, value));
}

std::vector<CellIndex> index_cells(const ReportCells& cells) {
  std::map<std::pair<std::string, Pattern>, CellIndex> next;  // by family
  std::vector<CellIndex> indices;
  for (const auto& [cell, name, launches] : cells) {
    CellIndex& index = next.try_emplace({cell.mechanism, cell.pattern}, CellIndex{next.size()}).first->second;
    indices.push_back(index);
    ++index.instance;
  }
  return indices;
}

Json cell_json(const Cell& cell) {
  Json ipc;
  for (const CellAxis& axis : kCellAxes) {
    if (!has_axis(axis, cell)) continue;
    const std::string text = axis.text(cell);
    const bool is_word = axis.form == CellAxis::Form::word;
    // stoull() stops at the sign of a percentage.
    ipc[std::string(axis.json_key)] = is_word ? Json(text) : Json(std::stoull(text));
  }
  ipc["parameters"] = cell.parameters;
  return ipc;
}

Json context_json(const BenchmarkContext& context) { return json_of(context, "context", "context"); }

Json session_json(const Session& session) { return json_of(session, "session", "session"); }

Json frame_json(const Report& report) {
  return {{"context", context_json(report.context)},
          {"ipcbench", own_json(report)},
          {"benchmarks", Json::array()}};
}

Json row_json(const Row& row) {
  const ReportCells cells{row};
  return row_json({cells[0], {}, row.cell.size_bytes != 0}, cells[0].launches[0]);
}

Json failure_json(const Failure& failure) { return json_of(failure, "failed", "launch"); }

std::string report_text(const Json& context, const Json& own, std::string_view rows) {
  return fmt::format("{{\n\"context\": {},\n\"ipcbench\": {},\n\"benchmarks\": [{}\n]\n}}\n",
                     json_text(context, 1), json_text(own, 1), rows);
}

// Rows are written one by one, so that the tree of a large report never exists as a whole.
std::string to_json(const Report& report) {
  std::vector<RowFrame> frames;
  for (const CellIndex& index : index_cells(report.cells)) {
    const ReportCell& cell = report.cells[frames.size()];
    frames.push_back({cell, index, carries_payload(report, cell.cell)});
  }
  std::string rows;
  for (const auto& [cell, launch] : report.cells.in_session_order()) {
    rows += rows.empty() ? "\n" : ",\n";
    rows += json_text(row_json(frames[static_cast<std::size_t>(cell - &report.cells[0])], *launch));
  }
  return report_text(context_json(report.context), own_json(report), rows);
}

void write_report(const Report& report, const std::filesystem::path& file) {
  write_whole_file(file, compressed(to_json(report), compression_of(file)));
}

}  // namespace ipcbench
