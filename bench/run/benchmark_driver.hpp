// Google Benchmark as registry and filter. It calls us once for each cell that its filter passes. We decide
// the order, the duration, the number of launches and what becomes of the results.
//
// Version 1.7.1 enters a function once per calibration step unless the minimum time is 0. A benchmark's own
// settings (repetitions, minimum time) become part of its name, so we make none. The library's environment
// variables (BENCHMARK_REPETITIONS, ...) set flags unseen, so we set every flag that matters.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "results/report/report.hpp"

namespace ipcbench {

// Sets flags that Google Benchmark itself handles ("--benchmark_filter=...", "--v=2").
// Throws UsageError for a flag that it refuses.
void initialise_benchmark_library(const std::vector<std::string>& flags);

// Google Benchmark's names for the cells, which end in "/real_time".
std::vector<std::string> benchmark_names(const std::vector<std::string>& cell_names);

// The cells that pass --benchmark_filter, in the same order. Throws UsageError if the filter is not a regular
// expression.
std::vector<std::string> filtered_by_library(const std::vector<std::string>& cell_names);

// Registers and runs the cells, which must pass the filter. Calls `visit` once with each index, in order. An
// exception from `visit` ends the round and is rethrown.
void run_round(const std::vector<std::string>& cell_names, const std::function<void(std::size_t)>& visit);

// The context of Google Benchmark's reports. Throws KernelError if there are too few descriptors to
// look at the machine.
BenchmarkContext benchmark_context(const std::filesystem::path& program);

}  // namespace ipcbench
