#include "bench/duet/side_loop.hpp"

#include <fmt/format.h>

#include "bench/duet/protocol.hpp"

namespace ipcbench {
namespace {

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
