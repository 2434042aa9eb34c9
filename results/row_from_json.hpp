// Reading one launch of a report.
#pragma once

#include "results/json_value.hpp"
#include "results/report.hpp"

namespace ipcbench {

// What is said to whoever gives a file of Google Benchmark's to a reader of ours.
inline constexpr const char* kPlainGoogleBenchmark =
    "this is a plain Google Benchmark file, not a report of ipcbench: measure with `ipcbench run`";

// An element of `benchmarks`. Throws ReportError for what is missing, of a wrong type, not possible, or
// contradicts itself.
Row row_from_json(const JsonValue& json);

}  // namespace ipcbench
