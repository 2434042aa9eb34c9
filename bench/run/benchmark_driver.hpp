// Google Benchmark as registry and filter. It decides which cells run and calls for each of them once; how
// long a cell is measured, how often, in which order, and what becomes of the result is ours.
//
// Known of it (1.7.1): a function is entered once per calibration step unless the minimum time is 0; settings
// made on one benchmark (repetitions, minimum time) end up in its name, so none is made; its environment
// variables (BENCHMARK_REPETITIONS, ...) set flags unseen, so every flag that matters is set here.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace ipcbench {

// Flags that are Google Benchmark's own to understand ("--benchmark_filter=...", "--v=2").
// Throws UsageError for one that it refuses.
void initialise_benchmark_library(const std::vector<std::string>& flags);

// What Google Benchmark calls a cell: the name with "/real_time".
std::vector<std::string> benchmark_names(const std::vector<std::string>& cell_names);

// Which of the cells --benchmark_filter lets through, in the same order. Throws UsageError if the filter is
// no regular expression.
std::vector<std::string> filtered_by_library(const std::vector<std::string>& cell_names);

// Registers the cells and runs them: `visit` is called once with the index of each cell, in the order given.
// The cells have to be ones that the filter lets through. An exception of `visit` ends the round and is
// thrown on.
void run_round(const std::vector<std::string>& cell_names, const std::function<void(std::size_t)>& visit);

}  // namespace ipcbench
