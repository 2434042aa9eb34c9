// The parts of reading a report: the frame, a cell, one launch.
#pragma once

#include "results/report/json_value.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// What is said to whoever gives a file of Google Benchmark's to a reader of ours.
inline constexpr const char* kPlainGoogleBenchmark =
    "this is a plain Google Benchmark file, not a report of ipcbench: measure with `ipcbench run`";

// What is said to a cell of more than kMostLaunches.
std::string too_many_launches(const std::string& cell);
// What is said to a launch that benchmarks[index] has already.
std::string repeated_launch(const std::string& cell, std::uint32_t launch, std::size_t index);

// Everything but the rows, which may have been handed elsewhere while the text was parsed. Throws ReportError
// for what is no report of ipcbench, or one of another format.
Report frame_from_json(const JsonValue& json);

// The part `ipc` of a row. Throws ReportError.
Cell cell_from_json(const JsonValue& ipc);

// An element of `benchmarks`. Throws ReportError for what is missing, of a wrong type, not possible, or
// contradicts itself.
Row row_from_json(const JsonValue& json);

}  // namespace ipcbench
