// What the two programs of a duet and the one that directs them say to each other: lines of JSON on standard
// input and output of `ipcbench duet-side`.
//
//   side:     {"ipcbench_duet": 1, "version": "0.1.0", "time_limit_ns": N, "cells": [{"name": ..., axes}],
//              "skipped": [{"cell": ..., "reason": ...}]}
//   director: {"describe": true}             side: {"report": a report without rows}
//   director: {"launch": INDEX, "block": B}  side: {"row": a row of a report} or {"failed": "reason"}
//
// The end of its input ends the side. Rows and reports are those of results/report_json.hpp; a mechanism is a
// name, so that a build may have some that the director lacks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "results/report/report.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {

inline constexpr std::uint64_t kDuetProtocol = 1;
inline constexpr std::string_view kDuetSideName = "duet-side";
// As --timeout allows.
inline constexpr std::chrono::hours kLongestLaunch{24 * 7};

struct DuetGreeting {
  std::string version;                    // of the program
  std::chrono::nanoseconds time_limit{};  // after which the side itself ends a launch that hangs
  std::vector<Cell> cells;                // that can be launched, by index
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

// A greeting of another version of the protocol. what() says which of the two is too old.
class OtherProtocol : public ReportError {
 public:
  using ReportError::ReportError;
};

// Each is one line without its end.
std::string greeting_line(const DuetGreeting& greeting);
std::string request_line(const DuetRequest& request);
std::string report_line(const Report& report);
std::string answer_line(const DuetAnswer& answer);

// Each throws ReportError for what is not such a line.
DuetGreeting parse_greeting(const std::string& line);
DuetRequest parse_request(const std::string& line);
Report parse_report_line(const std::string& line);
DuetAnswer parse_answer(const std::string& line);

}  // namespace ipcbench
