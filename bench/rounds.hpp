// The heart of a run: launches in rounds, each of which runs every cell once in an order of its own.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/pace.hpp"
#include "bench/plan.hpp"
#include "bench/progress.hpp"
#include "harness/process_pair.hpp"
#include "results/report.hpp"

namespace ipcbench {

struct RoundsOptions {
  std::uint32_t launches = 1;  // planned for each cell
  LaunchPhases phases;
  std::chrono::nanoseconds time_limit{};           // of one launch
  std::optional<std::chrono::nanoseconds> budget;  // of everything, by the stopwatch
  std::uint64_t seed = 0;
  const volatile std::sig_atomic_t* interrupted = nullptr;
  // Replaced in tests.
  std::function<LaunchOutcome(const Cell&, const LaunchOptions&)> launch = ipcbench::launch;
  Stopwatch elapsed = start_stopwatch();
};

struct RoundsResult {
  std::vector<Row> rows;
  std::vector<Omission> left_out;  // cells that there was no time for
  std::vector<Omission> failed;    // launches
  bool complete = true;            // false: interrupted, or the time ran out before every planned launch
  std::string note;                // why it is not complete, one sentence
  bool shortened = false;  // phases of the first round were shorter than wanted, to keep to the budget
};

// Launches every cell up to `launches` times, as far as the budget lets: the first round runs at least one
// cell of each mechanism and pattern, however long that takes; another round begins only if it is likely to
// fit. A cell that was killed by its time limit is not tried again.
RoundsResult run_rounds(const std::vector<PlannedCell>& cells, const RoundsOptions& options,
                        Progress& progress);

}  // namespace ipcbench
