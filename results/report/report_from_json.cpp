// Reading: JSON text to records. Its mirror image is report_to_json.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "harness/base/printable.hpp"
#include "results/report/json_axis.hpp"
#include "results/report/report_json.hpp"
#include "results/report/row_from_json.hpp"

namespace ipcbench {
namespace {

// Rows come before it is known whether the text around them is a report at all, so that the first mistake
// in a row waits for the answer.
class RowReader {
 public:
  void read(const Json& json, std::size_t index) {
    if (error_) return;
    try {
      add({json, fmt::format("benchmarks[{}]", index)});
    } catch (const ReportError& error) {
      error_ = error;
    }
  }
  ReportCells take() {
    if (error_) throw ReportError(*error_);
    return std::move(cells_);
  }

 private:
  void add(const JsonValue& json) {
    Row row = row_from_json(json);
    const std::uint32_t launch = row.launch;
    const ReportCell& cell = cells_.add(std::move(row));
    if (cell.launches.size() > kMostLaunches) json.fail(too_many_launches(cell.name));
    const auto same = std::ranges::equal_range(cell.launches, launch, {}, &Launch::number);
    if (same.size() > 1) json.fail(repeated_launch(cell.name, launch, same.front().place));
  }

  ReportCells cells_;
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

Precision read_precision(const JsonValue& json) {
  return {.target = json.at("target").number(),
          .most_launches = json.at("most_launches").integer<std::uint32_t>(),
          .cells_extended = json.at("cells_extended").integer<std::uint32_t>(),
          .cells_imprecise = json.at("cells_imprecise").integer<std::uint32_t>()};
}

DuetSide read_duet(const JsonValue& json) {
  const JsonValue side = json.at("side");
  if (side.string() != "base" && side.string() != "new") side.fail(R"(is neither "base" nor "new")");
  return {.id = json.at("id").string(),
          .side = side.string(),
          .first_blocks = json.at("first_blocks").integer<std::uint32_t>()};
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
  if (const auto precision = json.find("precision")) session.precision = read_precision(*precision);
  if (const auto duet = json.find("duet")) session.duet = read_duet(*duet);
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

std::vector<MechanismInfo> read_mechanisms(const JsonValue& json) {
  std::vector<MechanismInfo> mechanisms;
  for (const auto& info : json.elements()) {
    mechanisms.push_back({.name = info.at("name").string(),
                          .kind = read_axis<MechanismKind>(info.at("kind")),
                          .carries_bytes = info.at("carries_bytes").boolean(),
                          .in_place = info.at("in_place").boolean(),
                          .in_memory = info.at("in_memory").boolean(),
                          .stream = info.at("stream").boolean(),
                          .made_of = info.at("made_of").string()});
  }
  return mechanisms;
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

}  // namespace

Report frame_from_json(const JsonValue& json) {
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
  if (const auto mechanisms = own->find("mechanisms")) report.mechanisms = read_mechanisms(*mechanisms);
  report.skipped = read_omissions(own->at("skipped"));
  report.failed = read_omissions(own->at("failed"));
  static_cast<void>(json.at("benchmarks").elements());  // there, and an array; its rows are read already
  return report;
}

// Names and keys of the input are quoted in errors, and may hold anything of any length.
ReportError with_origin(const ReportError& error, const std::string& origin) {
  constexpr std::size_t kMostBytes = 1000;
  const std::string_view problem = error.what();
  const std::string prefix = origin + ": ";
  const std::string_view own = problem.starts_with(prefix) ? problem.substr(prefix.size()) : problem;
  return ReportError(
      fmt::format("{}{}", printable_line(prefix), shortened_line(printable_line(own), kMostBytes)));
}

Report parse_report(const std::string& text, const std::string& origin) {
  return parse_report(pieces_of(text), origin);
}

Report parse_report(const NextPiece& next_piece, const std::string& origin) {
  try {
    RowReader rows;
    const Json document =
        parse_document(next_piece, [&rows](const Json& row, std::size_t index) { rows.read(row, index); });
    Report report = frame_from_json({document, ""});
    report.cells = rows.take();
    return report;
  } catch (const ReportError& error) {
    throw with_origin(error, origin);
  }
}

}  // namespace ipcbench
