// The protocol between a run and its launcher: lines of JSON on standard input and output of `ipcbench
// launch-side`.
//
//   run:      {"cell": axes, "options": {"placement": {"producer_cpu": N, "consumer_cpu": N}, "verify_ns": N,
//              "warm_up_ns": N, "timed_ns": N, "least_samples": N, "time_limit_ns": N, "spin_ns": N,
//              "clock_resolution_ns": X}}
//   launcher: {"row": a row of a report} or {"failed": kind, "reason": ...}
//
// The end of its input ends the launcher. Both are the same program, so there is no version.
#pragma once

#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/launch/process_pair.hpp"

namespace ipcbench {

inline constexpr std::string_view kLaunchSideName = "launch-side";

struct LaunchRequest {
  Cell cell;
  LaunchOptions options;
};

// Each returns one line without a line end. The options `program` and `interrupted` do not travel.
std::string launch_request_line(const LaunchRequest& request);
std::string launch_answer_line(const Cell& cell, const LaunchOutcome& outcome);

// Each throws ReportError for any other line.
LaunchRequest parse_launch_request(const std::string& line);
// Also for a row of another cell.
LaunchOutcome parse_launch_answer(const std::string& line, const Cell& cell);

using LaunchFunction = std::function<LaunchOutcome(const Cell&, const LaunchOptions&)>;

// Answers until next_line() is empty or a launch is interrupted. Lines have no line end. Throws ReportError
// for a line that is not a request.
void serve_launches(const LaunchFunction& launch, const volatile std::sig_atomic_t* interrupted,
                    const std::function<std::optional<std::string>()>& next_line,
                    const std::function<void(const std::string&)>& answer);

}  // namespace ipcbench
