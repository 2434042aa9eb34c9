// The heart of a run: launches in rounds, each of which runs every cell once in an order of its own.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/run/pace.hpp"
#include "bench/run/plan.hpp"
#include "bench/run/progress.hpp"
#include "harness/launch/process_pair.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct RoundsOptions {
  std::uint32_t launches = 1;  // planned for each cell
  LaunchPhases phases;
  std::chrono::nanoseconds time_limit{};           // of one launch
  std::optional<std::chrono::nanoseconds> budget;  // of everything, by the stopwatch
  // Launches are added while the budget lasts, see run_rounds(); none without a budget.
  bool add_launches = false;
  std::uint64_t seed = 0;
  const volatile std::sig_atomic_t* interrupted = nullptr;
  // Replaced in tests.
  std::function<LaunchOutcome(const Cell&, const LaunchOptions&)> launch = ipcbench::launch;
  Stopwatch elapsed = start_stopwatch();
};

// A cell gets at most so many times the planned launches.
inline constexpr std::uint32_t kMostTimesPlanned = 4;

struct RoundsResult {
  std::vector<Row> rows;
  std::vector<Omission> left_out;      // cells that there was no time for
  std::vector<Omission> failed;        // launches
  bool complete = true;                // false: interrupted, or the time ran out before every planned launch
  std::string note;                    // why it is not complete, one sentence
  std::optional<Precision> precision;  // of the medians; empty where no launches were to be added
  bool shortened = false;  // phases of the first round were shorter than wanted, to keep to the budget
};

// Launches every cell up to `launches` times, as far as the budget lets: the first round runs at least one
// cell of each mechanism and pattern, however long that takes; another round begins only if it is likely to
// fit. A cell that was killed by its time limit is not tried again.
//
// With `add_launches`, what is left of the budget goes to the cells whose median is not precise
// (is_precise()): they alone get further rounds, until their median is precise, they have kMostTimesPlanned
// times the planned launches, or a launch of theirs fails. The last of these rounds ends when the next launch
// is not likely to fit. Fewer than six launches cannot give 95 % confidence: the interval that they do give,
// their whole range, decides, as it does in the summary; more launches can only narrow it from the ninth on.
// Cells that do not get there do not make a run incomplete.
RoundsResult run_rounds(const std::vector<PlannedCell>& cells, const RoundsOptions& options,
                        Progress& progress);

}  // namespace ipcbench
