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
#include "bench/run/pace.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/run_arguments.hpp"
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
  std::function<std::vector<std::string>(const SampledReport&, const SampledReport&, const GateSettings&)>
      suspicious = suspicious_cells;
};

struct DuetResult {
  // Base and new. Rows come in pairs: if one launch of a pair failed, neither report has it.
  std::array<Report, 2> reports;
  std::map<std::string, std::string> base_names;  // by the name of the new side's cell
  std::string error;                              // why it ended early; empty if complete or interrupted
};

// Runs settings.first_blocks blocks over all common cells and settings.second_blocks more over the cells that
// look slower. The seed decides the order of the cells, and of the sides for each cell. A cell that failed
// three times is given up. A cell of one side alone is launched there once, so that it is in the report. If
// the second blocks do not fit the budget there are fewer, but at least 10. Throws DuetError if the programs
// cannot begin, UsageError if they have no common cells or their cells cannot be matched. Later problems are
// in the result, with everything that was measured.
DuetResult run_duet(const std::array<StartProgram, 2>& start, const DuetOptions& options, Progress& progress);

struct MatchedCells {
  struct Pair {
    std::array<std::string, 2> names;  // base, new
    Cell cell;                         // base's
  };
  std::vector<Pair> pairs;                           // in the order of base
  std::array<std::vector<std::string>, 2> unpaired;  // of base alone, of new alone
};

// Cells match if their names do, apart from what `own`, the arguments of one side alone, sets: a duet of
// `--wait block` with `--wait spin` compares cells that differ in that. Throws UsageError if this makes two
// cells of one side the same.
MatchedCells match_cells(const std::array<std::vector<Cell>, 2>& cells,
                         const std::array<RunArguments, 2>& own);

// The samples to compare: both sides under the cell names of base.
std::array<SampledReport, 2> duet_samples(const DuetResult& result);

}  // namespace ipcbench
