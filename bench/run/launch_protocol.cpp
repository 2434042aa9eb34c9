#include "bench/run/launch_protocol.hpp"

#include <fmt/format.h>

#include <tuple>

#include "harness/registry/registry.hpp"
#include "results/report/report_fields.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {

template <>
inline constexpr auto kFields<Placement> = std::tuple{Field{"producer_cpu", &Placement::producer_cpu},
                                                      Field{"consumer_cpu", &Placement::consumer_cpu}};

template <>
inline constexpr auto kFields<LaunchOptions> =
    std::tuple{Field{"placement", &LaunchOptions::placement},
               Field{"verify_ns", &LaunchOptions::verify},
               Field{"warm_up_ns", &LaunchOptions::warm_up},
               Field{"timed_ns", &LaunchOptions::timed},
               Field{"least_samples", &LaunchOptions::least_samples},
               Field{"time_limit_ns", &LaunchOptions::time_limit},
               Field{"spin_ns", &LaunchOptions::spin},
               Field{"clock_resolution_ns", &LaunchOptions::clock_resolution_ns}};

namespace {

// Adding 292 years to a clock overflows.
void check_times(const LaunchOptions& options, const JsonValue& json) {
  constexpr std::chrono::hours kLongest{24 * 31};
  for (const auto time : {options.verify, options.warm_up, options.timed, options.time_limit,
                          options.spin.value_or(std::chrono::nanoseconds{})}) {
    if (time > kLongest) json.fail("a time is more than a month");
  }
}

}  // namespace

std::string launch_request_line(const LaunchRequest& request) {
  return json_text(
      {{"cell", cell_json(request.cell)}, {"options", json_of(request.options, "options", "launch")}});
}

std::string launch_answer_line(const Cell& cell, const LaunchOutcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) return json_text(failure_json(*failure));
  return json_text(
      {{"row", row_json({.cell = cell, .launch = 0, .measurement = std::get<Measurement>(outcome)})}});
}

LaunchRequest parse_launch_request(const std::string& line) {
  const Json document = parse_document(line);
  const JsonValue json(document, "");
  LaunchRequest request{.cell = cell_from_json(json.at("cell")),
                        .options = value_from<LaunchOptions>(json.at("options"))};
  request.options.placement.cpus = request.cell.cpus;
  check_times(request.options, json);
  if (find_mechanism(request.cell.mechanism) == nullptr) {
    json.fail(fmt::format("there is no mechanism {}", request.cell.mechanism));
  }
  return request;
}

LaunchOutcome parse_launch_answer(const std::string& line, const Cell& cell) {
  const Json document = parse_document(line);
  const JsonValue json(document, "");
  if (json.find("failed")) return failure_from_json(json);
  Row row = row_from_json(json.at("row"));
  if (row.cell != cell) json.fail(fmt::format("a launch of {} was asked for", cell_name(cell)));
  return std::move(row.measurement);
}

void serve_launches(const LaunchFunction& launch, const volatile std::sig_atomic_t* interrupted,
                    const std::function<std::optional<std::string>()>& next_line,
                    const std::function<void(const std::string&)>& answer) {
  while (const auto line = next_line()) {
    LaunchRequest request = parse_launch_request(*line);
    request.options.interrupted = interrupted;
    const LaunchOutcome outcome = launch(request.cell, request.options);
    const auto* failure = std::get_if<Failure>(&outcome);
    if (failure != nullptr && failure->kind == Failure::Kind::interrupted) return;
    answer(launch_answer_line(request.cell, outcome));
  }
}

}  // namespace ipcbench
