#include "bench/duet/protocol.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "results/report/json_document.hpp"
#include "results/report/json_parts.hpp"

namespace ipcbench {
namespace {

Json parse(const std::string& line) {
  return parse_document(line, [](const Json&, std::size_t) {});
}

// Outside of strings a line end is white space; inside it is written as \n.
std::string one_line(std::string json) {
  std::ranges::replace(json, '\n', ' ');
  return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void check_protocol(std::uint64_t protocol) {
  if (protocol == kDuetProtocol) return;
  const bool newer = protocol > kDuetProtocol;
  throw OtherProtocol(fmt::format(
      "speaks version {} of the duet protocol and this program version {}: {}", protocol, kDuetProtocol,
      newer ? "it is too new to take part; run `duet` with that program" : "it is too old to take part"));
}

// Adding 292 years to a clock overflows.
std::chrono::nanoseconds time_limit_from(const JsonValue& json) {
  const std::chrono::nanoseconds limit(json.integer<std::int64_t>());
  if (limit > kLongestLaunch) json.fail("is more than the seven days that a launch may take");
  return limit;
}

DuetGreeting greeting_of(const Plan& plan, const SessionOptions& options) {
  DuetGreeting greeting;
  greeting.version = IPCBENCH_VERSION;
  greeting.time_limit = options.rounds.time_limit;
  for (const PlannedCell& planned : plan.cells) greeting.cells.push_back(planned.cell);
  greeting.skipped = plan.skipped;
  return greeting;
}

// Empty: interrupted.
std::optional<DuetAnswer> launch_once(const Plan& plan, const DuetRequest& request,
                                      const RoundsOptions& options) {
  if (request.cell >= plan.cells.size()) {
    throw ReportError(
        fmt::format("launch: there are {} cells, and none at {}", plan.cells.size(), request.cell));
  }
  const PlannedCell& planned = plan.cells[request.cell];
  LaunchOutcome outcome = options.launch_once(planned, options.phases);
  if (auto* measurement = std::get_if<Measurement>(&outcome)) {
    return Row{.cell = planned.cell, .launch = request.block, .measurement = std::move(*measurement)};
  }
  const Failure& failure = std::get<Failure>(outcome);
  if (failure.kind == Failure::Kind::interrupted) return std::nullopt;
  return LaunchFailed{failure.reason};
}

}  // namespace

std::string greeting_line(const DuetGreeting& greeting) {
  Json json;
  json["ipcbench_duet"] = kDuetProtocol;
  json["version"] = greeting.version;
  json["time_limit_ns"] = greeting.time_limit.count();
  Json& cells = json["cells"] = Json::array();
  for (const Cell& cell : greeting.cells) {
    Json& entry = cells.emplace_back(Json{{"name", cell_name(cell)}});
    entry.update(cell_json(cell));
  }
  Json& skipped = json["skipped"] = Json::array();
  for (const auto& [cell, reason] : greeting.skipped) skipped.push_back({{"cell", cell}, {"reason", reason}});
  return dump(json);
}

std::string request_line(const DuetRequest& request) {
  if (request.what == DuetRequest::What::describe) return dump({{"describe", true}});
  return dump({{"launch", request.cell}, {"block", request.block}});
}

std::string report_line(const Report& report) {
  return fmt::format(R"({{"report": {}}})", one_line(to_json(report)));
}

std::string answer_line(const DuetAnswer& answer) {
  if (const auto* failed = std::get_if<LaunchFailed>(&answer)) return dump({{"failed", failed->reason}});
  return dump({{"row", row_json(std::get<Row>(answer))}});
}

DuetGreeting parse_greeting(const std::string& line) {
  const Json document = parse(line);
  const JsonValue json(document, "");
  check_protocol(json.at("ipcbench_duet").integer());
  DuetGreeting greeting;
  greeting.version = json.at("version").string();
  greeting.time_limit = time_limit_from(json.at("time_limit_ns"));
  for (const JsonValue& cell : json.at("cells").elements()) greeting.cells.push_back(cell_from_json(cell));
  for (const JsonValue& omission : json.at("skipped").elements()) {
    greeting.skipped.push_back({omission.at("cell").string(), omission.at("reason").string()});
  }
  return greeting;
}

DuetRequest parse_request(const std::string& line) {
  const Json document = parse(line);
  const JsonValue json(document, "");
  if (json.find("describe")) return {};
  return {.what = DuetRequest::What::launch,
          .cell = json.at("launch").integer<std::size_t>(),
          .block = json.at("block").integer<std::uint32_t>()};
}

Report parse_report_line(const std::string& line) {
  const Json document = parse(line);
  return {frame_from_json(JsonValue(document, "").at("report")), {}};
}

DuetAnswer parse_answer(const std::string& line) {
  const Json document = parse(line);
  const JsonValue json(document, "");
  if (const auto failed = json.find("failed")) return LaunchFailed{failed->string()};
  return row_from_json(json.at("row"));
}

void serve_duet(const Plan& plan, const SessionOptions& options,
                const std::function<std::optional<std::string>()>& next_line,
                const std::function<void(const std::string&)>& answer) {
  answer(greeting_line(greeting_of(plan, options)));
  while (const auto line = next_line()) {
    const DuetRequest request = parse_request(*line);
    if (request.what == DuetRequest::What::describe) {
      answer(report_line(begin_report(plan, options)));
      continue;
    }
    const auto launched = launch_once(plan, request, options.rounds);
    if (!launched) return;
    answer(answer_line(*launched));
  }
}

}  // namespace ipcbench
