// Writing: records to JSON text. Its mirror image is report_from_json.cpp.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/base/cell.hpp"
#include "results/report/benchmark_format.hpp"
#include "results/report/metrics.hpp"
#include "results/report/report_json.hpp"
#include "results/report/session_json.hpp"
#include "results/statistics/steadiness.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

// What every row of the row's pattern has.
template <class Part>
const Part& present(const std::optional<Part>& part, std::string_view what, std::string_view owner) {
  if (part) return *part;
  throw std::invalid_argument(
      fmt::format("{}: lacks {}, without which its times cannot be read", owner, what));
}

void add_times(Json& json, const Measurement& measurement) {
  json["min_ns"] = measurement.min_ns;
  if (const auto mean = mean_ns(measurement)) json["mean_ns"] = *mean;
  constexpr std::pair<const char*, unsigned> kPercentiles[] = {
      {"p10_ns", 100}, {"p50_ns", 500}, {"p90_ns", 900}, {"p99_ns", 990}, {"p999_ns", 999}};
  for (const auto& [key, permille] : kPercentiles) {
    if (const auto ns = percentile_ns(measurement, permille)) json[key] = *ns;
  }
  json["max_ns"] = measurement.max_ns;
}

void add_clock_offset(Json& json, const ClockOffset& offset) {
  json["clock_offset_low_ns"] = offset.low_ns;
  json["clock_offset_high_ns"] = offset.high_ns;
}

void add_schedule(Json& json, const ScheduleResult& schedule, std::string_view owner) {
  json["offered_per_second"] = finite(schedule.offered_per_second, "offered_per_second", owner);
  json["scheduled_messages"] = schedule.scheduled_messages;
  json["unsent_messages"] = schedule.unsent_messages;
  json["lag_p50_ns"] = schedule.lag_p50_ns;
  json["lag_p99_ns"] = schedule.lag_p99_ns;
  json["lag_max_ns"] = schedule.lag_max_ns;
}

// What a row says about its cell besides the axes.
struct RowFrame {
  const ReportCell& cell;
  CellIndex index;
  bool carries_payload;
};

void add_rates(Json& json, const RowFrame& frame, const Measurement& measurement) {
  const double rate = finite(messages_per_second(measurement), "items_per_second", frame.cell.name);
  json["items_per_second"] = rate;
  if (frame.carries_payload) {
    json["bytes_per_second"] = rate * static_cast<double>(frame.cell.cell.size_bytes);
  }
}

void add_results(Json& json, const RowFrame& frame, const Measurement& measurement) {
  const auto& [cell, name] = std::tie(frame.cell.cell, frame.cell.name);
  if (!times_messages(cell.pattern)) return add_rates(json, frame, measurement);
  add_times(json, measurement);
  if (cell.pattern == Pattern::oneway)
    add_clock_offset(json, present(measurement.clock_offset, "the clocks' offset", name));
  if (cell.pattern == Pattern::paced)
    add_schedule(json, present(measurement.schedule, "its schedule", name), name);
}

void add_costs(Json& json, const Measurement& measurement) {
  const auto& [producer, consumer] = std::tie(measurement.producer, measurement.consumer);
  json["producer_cpu_ns_per_message"] = cpu_ns_per_message(measurement, Side::producer);
  json["consumer_cpu_ns_per_message"] = cpu_ns_per_message(measurement, Side::consumer);
  json["producer_voluntary_switches"] = producer.voluntary_switches;
  json["producer_involuntary_switches"] = producer.involuntary_switches;
  json["consumer_voluntary_switches"] = consumer.voluntary_switches;
  json["consumer_involuntary_switches"] = consumer.involuntary_switches;
  json["minor_faults"] = producer.minor_faults + consumer.minor_faults;
}

Json settings_json(const Settings& settings) {
  Json json = Json::object();
  for (const auto& [name, value] : settings) json[name] = value;
  return json;
}

void add_side(Json& ipc, const std::string& side, const SideCost& cost) {
  ipc[side + "_cpu"] = cost.cpu ? Json(*cost.cpu) : Json(nullptr);
  ipc[side + "_cpu_time_ns"] = cost.cpu_ns;
  ipc[side + "_minor_faults"] = cost.minor_faults;
}

Json cell_json(const Cell& cell) {
  Json ipc;
  for (const CellAxis& axis : kCellAxes) {
    if (!has_axis(axis, cell)) continue;
    Json& value = ipc[std::string(axis.json_key)];
    const std::string text = axis.text(cell);
    if (axis.form == CellAxis::Form::word) {
      value = text;
    } else {
      value = std::stoull(text);  // stops at the sign of a percentage
    }
  }
  ipc["parameters"] = settings_json(cell.parameters);
  return ipc;
}

Json ipc_json(const Cell& cell, const Measurement& measurement) {
  Json ipc = cell_json(cell);
  ipc["settings"] = settings_json(measurement.settings);
  ipc["verified_messages"] = measurement.verified_messages;
  ipc["elapsed_ns"] = measurement.elapsed_ns;
  if (times_messages(cell.pattern)) ipc["sum_ns"] = measurement.sum_ns;
  add_side(ipc, "producer", measurement.producer);
  add_side(ipc, "consumer", measurement.consumer);
  Json& histogram = ipc["histogram"] = Json::array();
  for (const auto& bucket : measurement.histogram) histogram.push_back({bucket.lower_ns, bucket.count});
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
  json["real_time"] = finite(time_ns(cell.pattern, measurement), "real_time", name);
  json["cpu_time"] = finite(cpu_ns_per_message(measurement), "cpu_time", name);
  json["time_unit"] = "ns";
  json["messages"] = measurement.messages;
  json["lost_messages"] = measurement.lost_messages;
  add_results(json, frame, measurement);
  add_costs(json, measurement);
  json["ipc"] = ipc_json(cell, measurement);
  return json;
}

}  // namespace

Json session_json(const Session& session) {
  Json json{{"id", session.id},
            {"seed", session.seed},
            {"profile", session.profile},
            {"command", session.command},
            {"started_utc", session.started_utc},
            {"ended_utc", session.ended_utc},
            {"planned_launches", session.planned_launches},
            {"complete", session.complete},
            {"note", session.note}};
  if (const auto& precision = session.precision) {
    json["precision"] = {{"target", finite(precision->target, "target", "precision")},
                         {"most_launches", precision->most_launches},
                         {"cells_extended", precision->cells_extended},
                         {"cells_imprecise", precision->cells_imprecise}};
  }
  if (const auto& duet = session.duet) {
    json["duet"] = {{"id", duet->id}, {"side", duet->side}, {"first_blocks", duet->first_blocks}};
  }
  return json;
}

namespace {

Json floors_json(const Floors& floors) {
  Json json;
  json["clock_ns"] = finite(floors.clock_ns, "clock_ns", "floors");
  json["clock_resolution_ns"] = finite(floors.clock_resolution_ns, "clock_resolution_ns", "floors");
  json["null_round_trip_ns"] = finite(floors.null_round_trip_ns, "null_round_trip_ns", "floors");
  Json& copies = json["memcpy"] = Json::array();
  for (const auto& copy : floors.memcpy_ns) {
    copies.push_back({{"size_bytes", copy.size_bytes}, {"ns", finite(copy.ns, "memcpy", "floors")}});
  }
  return json;
}

// A name given twice was read again later, and the later reading stands.
Json host_json(const std::vector<Fact>& facts) {
  Json json = Json::object();
  for (const auto& fact : facts) json[fact.name] = fact.value;
  return json;
}

Json mechanisms_json(const std::vector<MechanismInfo>& mechanisms) {
  Json json = Json::array();
  for (const auto& info : mechanisms) {
    json.push_back({{"name", info.name},
                    {"kind", name_of(info.kind)},
                    {"floor", is_floor(info)},
                    {"carries_bytes", info.carries_bytes},
                    {"in_place", info.in_place},
                    {"in_memory", info.in_memory},
                    {"stream", info.stream},
                    {"made_of", info.made_of}});
  }
  return json;
}

Json omissions_json(const std::vector<Omission>& omissions) {
  Json json = Json::array();
  for (const auto& omission : omissions)
    json.push_back({{"cell", omission.cell}, {"reason", omission.reason}});
  return json;
}

Json own_json(const Report& report) {
  Json json;
  json["schema"] = kReportSchema;
  json["version"] = report.version;
  json["session"] = session_json(report.session);
  json["host"] = host_json(report.host);
  Json& doubts = json["doubts"] = Json::array();
  for (const auto& doubt : report.doubts) {
    doubts.push_back({{"level", name_of(doubt.level)}, {"what", doubt.what}, {"advice", doubt.advice}});
  }
  json["floors"] = floors_json(report.floors);
  if (!report.mechanisms.empty()) json["mechanisms"] = mechanisms_json(report.mechanisms);
  json["skipped"] = omissions_json(report.skipped);
  json["failed"] = omissions_json(report.failed);
  return json;
}

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string row_to_json(const Row& row) {
  const ReportCells cells{row};
  return dump(row_json({cells[0], {}, row.cell.size_bytes != 0}, cells[0].launches[0]), -1);
}

std::string cell_to_json(const Cell& cell) { return dump(cell_json(cell), -1); }

// The rows go out one by one, so that the tree of a large report never exists as a whole.
std::string to_json(const Report& report) {
  std::unordered_map<const ReportCell*, RowFrame> frames;
  const std::vector<CellIndex> indices = index_cells(report.cells);
  for (std::size_t i = 0; i < report.cells.size(); ++i) {
    const ReportCell& cell = report.cells[i];
    frames.try_emplace(&cell, RowFrame{cell, indices[i], carries_payload(report, cell.cell)});
  }
  std::string text = fmt::format("{{\n\"context\": {},\n\"ipcbench\": {},\n\"benchmarks\": [",
                                 dump(context_json(report.context), 1), dump(own_json(report), 1));
  const char* separator = "\n";
  for (const auto& [cell, launch] : report.cells.in_session_order()) {
    text += separator;
    text += dump(row_json(frames.at(cell), *launch), -1);
    separator = ",\n";
  }
  text += "\n]\n}\n";
  return text;
}

}  // namespace ipcbench
