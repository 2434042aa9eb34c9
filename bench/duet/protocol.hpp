// The protocol between the director of a duet and its two programs: lines of JSON on standard input and
// output of `ipcbench duet-side`.
//
//   side:     {"ipcbench_duet": 1, "version": "0.1.0", "time_limit_ns": N, "cells": [{"name": ..., axes}],
//              "skipped": [{"cell": ..., "reason": ...}]}
//   director: {"describe": true}             side: {"report": a report without rows}
//   director: {"launch": INDEX, "block": B}  side: {"row": a row of a report} or {"failed": "reason"}
//
// The end of its input ends the side. Rows and reports are those of results/report/report_json.hpp. A
// mechanism is only a name, so the director need not have it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bench/run/plan.hpp"
#include "bench/run/session.hpp"
#include "results/report/report.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {

inline constexpr std::uint64_t kDuetProtocol = 1;
inline constexpr std::string_view kDuetSideName = "duet-side";
// The longest that --timeout allows.
inline constexpr std::chrono::hours kLongestLaunch{24 * 7};

struct DuetGreeting {
  std::string version;                    // of the program
  std::chrono::nanoseconds time_limit{};  // after which the side ends a hanging launch
  std::vector<Cell> cells;                // launchable cells, by index
  std::vector<Omission> skipped;
};

struct DuetRequest {
  enum class What { describe, launch };
  What what = What::describe;
  std::size_t cell = 0;     // launch
  std::uint32_t block = 0;  // launch
};

struct LaunchFailed {
  std::string reason;
};
using DuetAnswer = std::variant<Row, LaunchFailed>;

// A greeting of another protocol version. what() says which program is too old.
class OtherProtocol : public ReportError {
 public:
  using ReportError::ReportError;
};

// Each returns one line without a line end.
std::string greeting_line(const DuetGreeting& greeting);
std::string request_line(const DuetRequest& request);
std::string report_line(const Report& report);
std::string answer_line(const DuetAnswer& answer);

// Each throws ReportError for any other line.
DuetGreeting parse_greeting(const std::string& line);
DuetRequest parse_request(const std::string& line);
Report parse_report_line(const std::string& line);
DuetAnswer parse_answer(const std::string& line);

// Greets, and answers until next_line() is empty or the session is interrupted. Lines have no line end.
// Throws ReportError for a line that is not a request, and for an unknown cell.
void serve_duet(const Plan& plan, const SessionOptions& options,
                const std::function<std::optional<std::string>()>& next_line,
                const std::function<void(const std::string&)>& answer);

}  // namespace ipcbench
