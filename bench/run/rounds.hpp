// The core of a run: rounds, each of which launches every cell once in its own random order.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/cli/interrupt.hpp"
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
  std::optional<std::chrono::nanoseconds> budget;  // for all launches, by `elapsed`
  // Add launches while the budget lasts, see run_rounds(). Needs a budget.
  bool add_launches = false;
  std::uint64_t seed = 0;
  // Replaced in tests.
  const volatile std::sig_atomic_t* interrupted = InterruptWatch::flag();
  std::function<LaunchOutcome(const Cell&, const LaunchOptions&)> launch = ipcbench::launch;
  Stopwatch elapsed = start_stopwatch();

  [[nodiscard]] bool is_interrupted() const { return *interrupted != 0; }
  // Launches the cell once, with these phases.
  [[nodiscard]] LaunchOutcome launch_once(const PlannedCell& planned, const LaunchPhases& with) const {
    return launch(planned.cell, {.placement = planned.placement,
                                 .warm_up = with.warm_up,
                                 .timed = with.timed,
                                 .time_limit = time_limit,
                                 .interrupted = interrupted});
  }
};

// The most launches of a cell, as a multiple of the planned ones.
inline constexpr std::uint32_t kMostTimesPlanned = 4;

struct RoundsResult {
  ReportCells cells;
  std::vector<Omission> left_out;      // cells without a launch for lack of time
  std::vector<Omission> failed;        // failed launches
  bool complete = true;                // false: interrupted or out of time before the last planned launch
  std::string note;                    // why it is not complete, in one sentence
  std::optional<Precision> precision;  // of the medians; empty without add_launches
  bool shortened = false;              // the budget shortened the phases of the first round
};

// Launches every cell up to `launches` times within the budget. The first round runs at least one cell of
// each mechanism and pattern, however long that takes. Another round begins only if it is likely to fit. A
// cell that exceeded its time limit is not tried again.
//
// With `add_launches`, cells whose median is not precise (is_precise()) get the remaining budget in further
// rounds. A cell leaves them when its median is precise, when it has kMostTimesPlanned times the planned
// launches, or when one of its launches fails. The last of these rounds ends when the next launch is unlikely
// to fit. Fewer than six launches cannot give 95 % confidence, so their whole range decides, as in the
// summary. More launches narrow the interval from the ninth on. Cells that stay imprecise do not make a run
// incomplete.
RoundsResult run_rounds(const std::vector<PlannedCell>& cells, const RoundsOptions& options,
                        Progress& progress);

}  // namespace ipcbench
