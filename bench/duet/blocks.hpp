// The heart of a duet: blocks, in each of which both programs, started afresh, run every cell once, side by
// side.
#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/duet/performer.hpp"
#include "bench/run/pace.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/run_arguments.hpp"
#include "results/comparison/compare.hpp"
#include "results/comparison/gate_settings.hpp"
#include "results/report/report.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

struct DuetOptions {
  GateSettings settings;  // its blocks, and what makes a cell suspicious
  std::uint64_t seed = 0;
  std::optional<std::chrono::nanoseconds> budget;  // by the stopwatch
  std::vector<std::string> command;                // argv as given
  std::array<RunArguments, 2> own;                 // of either side alone
  const volatile std::sig_atomic_t* interrupted = nullptr;
  // Replaced in tests.
  Stopwatch elapsed = start_stopwatch();
  std::function<std::vector<std::string>(const SampledReport&, const SampledReport&, const GateSettings&)>
      suspicious = suspicious_cells;
};

struct DuetResult {
  // Of base and new. Rows come in pairs: a block of a cell in which either launch failed is in neither.
  std::array<Report, 2> reports;
  std::map<std::string, std::string> base_names;  // of new's cells
  std::string error;  // why it could not go on, if it is not complete and was not interrupted
};

// Runs settings.first_blocks blocks over all common cells and settings.second_blocks more over those that
// look slower. The order of the cells, and for each cell that of the sides, is random by the seed. A cell
// that failed three times is given up. A cell that only one side has is launched there once, so that its
// report has it. If the second blocks do not fit the budget there are fewer of them, but 10.
// Throws DuetError if the programs cannot begin, UsageError if they have no cell in common or their cells
// cannot be matched. What goes wrong later is in the result, with all that was measured.
DuetResult play_duet(const std::array<StartPerformer, 2>& start, const DuetOptions& options,
                     Progress& progress);

// What is compared: both sides with the names that base gives the cells.
std::array<SampledReport, 2> duet_samples(const DuetResult& result);

}  // namespace ipcbench
