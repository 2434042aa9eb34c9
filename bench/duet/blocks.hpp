// The core of a duet: blocks. Each starts both programs afresh and runs every cell once with each, side by
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

#include "bench/cli/interrupt.hpp"
#include "bench/duet/duet_program.hpp"
#include "bench/duet/matching.hpp"
#include "bench/run/pace.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/host/activity.hpp"
#include "results/comparison/compare.hpp"
#include "results/comparison/gate_settings.hpp"
#include "results/report/report.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

struct DuetOptions {
  GateSettings settings;  // numbers of blocks, threshold of suspicion
  std::uint64_t seed = 0;
  std::optional<std::chrono::nanoseconds> budget;  // by the stopwatch
  std::vector<std::string> command;                // argv as given
  std::array<RunArguments, 2> own;                 // arguments of one side alone
  // Replaced in tests.
  const volatile std::sig_atomic_t* interrupted = InterruptWatch::flag();
  Stopwatch elapsed = start_stopwatch();
  std::function<std::vector<SuspiciousCell>(const SampledReport&, const SampledReport&, const GateSettings&)>
      suspicious = suspicious_cells;
  std::function<HostActivity(const std::vector<int>&)> read_activity = [](const std::vector<int>& watched) {
    return read_host_activity(watched);
  };
};

struct DuetResult {
  // Base and new. Rows come in pairs: if one launch of a pair failed, neither report has it.
  std::array<Report, 2> reports;
  std::map<std::string, std::string> base_names;  // by the name of the new side's cell
  std::string error;                              // why it ended early; empty if complete or interrupted
  std::size_t launches = 0;                       // of both sides, failed ones included
  bool gave_up = false;                           // a cell that failed again and again
};

// How many launches may fail: settings.allowed_failures of all, rounded down.
std::size_t allowed_failures(const DuetResult& result, const GateSettings& settings);
// Whether so few launches failed that the others stand for all: no more than are allowed, and no cell was
// given up or lost.
bool failures_are_few(const DuetResult& result, const GateSettings& settings);

// Runs settings.first_blocks blocks over all common cells and fresh ones over the cells that look slower,
// each as many as it needs, or what the budget leaves (plan_second_stage). The seed decides the order of the
// cells, and of the sides for each cell. A cell that failed three times is given up. A cell of one side alone
// is launched there once, so that it is in the report. Blocks beside other programs are dropped and made
// again (QuietBlocks). Throws DuetError if the programs cannot begin, UsageError if they have no common cells
// or their cells cannot be matched. Later problems are in the result, with everything that was measured.
DuetResult run_duet(const std::array<StartProgram, 2>& start, const DuetOptions& options, Progress& progress);

// The samples to compare: both sides under the cell names of base.
std::array<SampledReport, 2> duet_samples(const DuetResult& result);

}  // namespace ipcbench
