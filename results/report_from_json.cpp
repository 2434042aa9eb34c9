// Reading: JSON text to records. Its mirror image is report_to_json.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "results/json_value.hpp"
#include "results/report_json.hpp"
#include "results/row_metrics.hpp"

namespace ipcbench {
namespace {

constexpr const char* kPlainGoogleBenchmark =
    "this is a plain Google Benchmark file, not a report of ipcbench: measure with `ipcbench run`";

template <class Axis>
Axis read_axis(const JsonValue& json) {
  const std::string name = json.string();
  if (const auto value = parse_axis<Axis>(name)) return *value;
  std::string known;
  for (const auto& entry : kAxis<Axis>) known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.name);
  json.fail(fmt::format("\"{:.40}\" is not one of {}", name, known));
}

Settings read_settings(const JsonValue& json) {
  Settings settings;
  for (const auto& [name, value] : json.members()) settings[name] = value.integer();
  return settings;
}

Cell read_cell(const JsonValue& ipc) {
  Cell cell;
  cell.mechanism = ipc.at("mechanism").string();
  cell.pattern = read_axis<Pattern>(ipc.at("pattern"));
  cell.size_bytes = ipc.at("size_bytes").integer<std::size_t>();
  cell.wait = read_axis<Wait>(ipc.at("wait"));
  cell.peers = read_axis<Peers>(ipc.at("peers"));
  cell.cpus = read_axis<Cpus>(ipc.at("cpus"));
  cell.payload = read_axis<Payload>(ipc.at("payload"));
  cell.parameters = read_settings(ipc.at("parameters"));
  return cell;
}

SideCost read_side(const JsonValue& row, const JsonValue& ipc, const std::string& side) {
  SideCost cost;
  cost.cpu_ns = ipc.at(side + "_cpu_time_ns").integer();
  cost.voluntary_switches = row.at(side + "_voluntary_switches").integer();
  cost.involuntary_switches = row.at(side + "_involuntary_switches").integer();
  cost.minor_faults = ipc.at(side + "_minor_faults").integer();
  if (const auto cpu = ipc.at(side + "_cpu"); !cpu.is_null()) cost.cpu = cpu.integer<int>();
  return cost;
}

// Quantiles are read off in one pass, so the buckets have to ascend, and each has to be one of ours.
std::vector<HistogramBucket> read_histogram(const JsonValue& json) {
  std::vector<HistogramBucket> histogram;
  std::uint64_t total = 0;
  for (const auto& [lower_ns, count] : json.pairs()) {
    const auto at = fmt::format("pair {}", histogram.size());
    if (!histogram.empty() && lower_ns <= histogram.back().lower_ns) json.fail(at + " does not ascend");
    if (Histogram::lower_bound_ns(Histogram::index_of(lower_ns)) != lower_ns) {
      json.fail(fmt::format("{}: {} is not the lower bound of a bucket", at, lower_ns));
    }
    if (count == 0 || __builtin_add_overflow(total, count, &total)) {
      json.fail(fmt::format("{}: a count of {} is not possible", at, count));
    }
    histogram.push_back({lower_ns, count});
  }
  return histogram;
}

Measurement read_measurement(const JsonValue& row, const JsonValue& ipc, Pattern pattern) {
  Measurement measurement;
  measurement.messages = row.at("messages").integer();
  measurement.lost_messages = row.at("lost_messages").integer();
  measurement.verified_messages = ipc.at("verified_messages").integer();
  measurement.elapsed_ns = ipc.at("elapsed_ns").integer();
  if (pattern == Pattern::latency) {
    measurement.min_ns = row.at("min_ns").integer();
    measurement.max_ns = row.at("max_ns").integer();
    if (measurement.min_ns > measurement.max_ns) row.fail("min_ns is above max_ns");
  }
  measurement.histogram = read_histogram(ipc.at("histogram"));
  measurement.producer = read_side(row, ipc, "producer");
  measurement.consumer = read_side(row, ipc, "consumer");
  for (const auto& [messages, elapsed_ns] : ipc.at("windows").pairs()) {
    measurement.windows.push_back({messages, elapsed_ns});
  }
  measurement.settings = read_settings(ipc.at("settings"));
  return measurement;
}

// The flat figures are there for other programs; records are made from what they were derived from. A row
// whose figures disagree was edited by hand, and what its editor meant is anyone's guess. One per cent
// leaves room for another definition of a quantile within a histogram's bucket.
void check_derived(const JsonValue& json, const Row& row) {
  const std::string name = cell_name(row.cell) + "/real_time";
  for (const char* key : {"name", "run_name"}) {
    if (json.at(key).string() != name) json.at(key).fail("does not agree with `ipc`, which says " + name);
  }
  const double derived_ns = time_ns(row);
  if (row.measurement.messages == 0 || row.measurement.elapsed_ns == 0 || !std::isfinite(derived_ns)) {
    json.fail("a row needs messages, elapsed time, and for latency a histogram");
  }
  const JsonValue real_time = json.at("real_time");
  if (std::abs(real_time.number() - derived_ns) > 0.01 * derived_ns) {
    real_time.fail(
        fmt::format("{} does not agree with `ipc`, which gives {}", real_time.number(), derived_ns));
  }
  if (json.at("time_unit").string() != "ns") json.at("time_unit").fail("is not \"ns\"");
}

Row read_row(const JsonValue& json) {
  const auto ipc = json.find("ipc");
  if (!ipc) json.fail(fmt::format("has no `ipc` part; {}", kPlainGoogleBenchmark));
  Row row;
  row.cell = read_cell(*ipc);
  row.launch = json.at("repetition_index").integer<std::uint32_t>();
  row.measurement = read_measurement(json, *ipc, row.cell.pattern);
  check_derived(json, row);
  return row;
}

// Rows come before it is known whether the text around them is a report at all, so that the first mistake
// in a row waits for the answer.
class RowReader {
 public:
  void read(const Json& json, std::size_t index) {
    if (error_) return;
    try {
      add({json, fmt::format("benchmarks[{}]", index)}, index);
    } catch (const ReportError& error) {
      error_ = error;
    }
  }
  std::vector<Row> take() {
    if (error_) throw ReportError(*error_);
    return std::move(rows_);
  }

 private:
  void add(const JsonValue& json, std::size_t index) {
    Row row = read_row(json);
    const std::string launch = fmt::format("{}, launch {}", cell_name(row.cell), row.launch);
    const auto [seen, is_new] = seen_.try_emplace(launch, index);
    if (!is_new) json.fail(fmt::format("{} is there already, as benchmarks[{}]", launch, seen->second));
    rows_.push_back(std::move(row));
  }

  std::vector<Row> rows_;
  std::unordered_map<std::string, std::size_t> seen_;
  std::optional<ReportError> error_;
};

BenchmarkContext read_context(const JsonValue& json) {
  BenchmarkContext context;
  context.date = json.at("date").string();
  context.host_name = json.at("host_name").string();
  context.executable = json.at("executable").string();
  context.num_cpus = json.at("num_cpus").integer<int>();
  context.mhz_per_cpu = json.at("mhz_per_cpu").integer<int>();
  if (const auto scaling = json.find("cpu_scaling_enabled")) context.cpu_scaling_enabled = scaling->boolean();
  for (const auto& cache : json.at("caches").elements()) {
    context.caches.push_back({.type = cache.at("type").string(),
                              .level = cache.at("level").integer<int>(),
                              .size_bytes = cache.at("size").integer(),
                              .num_sharing = cache.at("num_sharing").integer<int>()});
  }
  for (const auto& load : json.at("load_avg").elements()) context.load_avg.push_back(load.number());
  context.library_build_type = json.at("library_build_type").string();
  return context;
}

Session read_session(const JsonValue& json) {
  Session session;
  session.id = json.at("id").string();
  session.seed = json.at("seed").integer();
  session.profile = json.at("profile").string();
  for (const auto& argument : json.at("command").elements()) session.command.push_back(argument.string());
  session.started_utc = json.at("started_utc").string();
  session.ended_utc = json.at("ended_utc").string();
  session.planned_launches = json.at("planned_launches").integer<std::uint32_t>();
  session.complete = json.at("complete").boolean();
  session.note = json.at("note").string();
  return session;
}

Floors read_floors(const JsonValue& json) {
  Floors floors;
  floors.clock_ns = json.at("clock_ns").number();
  floors.clock_resolution_ns = json.at("clock_resolution_ns").number();
  floors.null_round_trip_ns = json.at("null_round_trip_ns").number();
  for (const auto& copy : json.at("memcpy").elements()) {
    floors.memcpy_ns.push_back({copy.at("size_bytes").integer(), copy.at("ns").number()});
  }
  return floors;
}

std::vector<Omission> read_omissions(const JsonValue& json) {
  std::vector<Omission> omissions;
  for (const auto& omission : json.elements()) {
    omissions.push_back({omission.at("cell").string(), omission.at("reason").string()});
  }
  return omissions;
}

void check_schema(const JsonValue& own) {
  const JsonValue schema = own.at("schema");
  if (schema.integer() != kReportSchema) {
    schema.fail(
        fmt::format("this report has format {}, this program reads format {}: use the ipcbench that "
                    "wrote it, or one as new",
                    schema.integer(), kReportSchema));
  }
}

Report read_frame(const JsonValue& json) {
  const auto own = json.find("ipcbench");
  if (!own) {
    const bool is_google = json.find("context") && json.find("benchmarks");
    json.fail(is_google ? fmt::format("the key \"ipcbench\" is missing; {}", kPlainGoogleBenchmark)
                        : "the key \"ipcbench\" is missing: this is not a report of ipcbench");
  }
  check_schema(*own);
  Report report;
  report.version = own->at("version").string();
  report.context = read_context(json.at("context"));
  report.session = read_session(own->at("session"));
  for (const auto& [name, value] : own->at("host").members()) report.host.push_back({name, value.string()});
  for (const auto& doubt : own->at("doubts").elements()) {
    report.doubts.push_back({.level = read_axis<Doubt::Level>(doubt.at("level")),
                             .what = doubt.at("what").string(),
                             .advice = doubt.at("advice").string()});
  }
  report.floors = read_floors(own->at("floors"));
  report.skipped = read_omissions(own->at("skipped"));
  report.failed = read_omissions(own->at("failed"));
  static_cast<void>(json.at("benchmarks").elements());  // there, and an array; its rows are read already
  return report;
}

// Names and keys of the input are quoted in errors, and may hold anything.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return text;
}

}  // namespace

Report parse_report(const std::string& text, const std::string& origin) {
  try {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw ReportError("is empty");
    RowReader rows;
    const Json document =
        parse_document(text, [&rows](const Json& row, std::size_t index) { rows.read(row, index); });
    Report report = read_frame({document, ""});
    report.rows = rows.take();
    return report;
  } catch (const ReportError& error) {
    throw ReportError(one_line(fmt::format("{}: {}", origin, error.what())));
  }
}

}  // namespace ipcbench
