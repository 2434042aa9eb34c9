// What decides how the launches of a run are made.
#pragma once

#include <algorithm>
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
#include "harness/launch/process_pair.hpp"

namespace ipcbench {

struct RoundsOptions {
  std::uint32_t launches = 1;  // planned for each cell
  LaunchPhases phases;
  // paced at an absolute rate: the longest timed phase, see paced_phase.hpp. Empty: all cells have `phases`.
  std::optional<std::chrono::nanoseconds> longest_timed;
  // Names of paced cells that have `phases` all the same: only their median is wanted.
  std::vector<std::string> brief;
  std::chrono::nanoseconds time_limit{};           // of one launch with `phases`
  std::optional<std::chrono::nanoseconds> budget;  // for all launches, by `elapsed`
  // Add launches while the budget lasts, see run_rounds(). Needs a budget.
  bool add_launches = false;
  std::uint64_t seed = 0;
  bool counts = false;  // one more launch of each cell in the end, by launch_counted, see add_counts()
  // Replaced in tests.
  const volatile std::sig_atomic_t* interrupted = InterruptWatch::flag();
  std::function<LaunchOutcome(const Cell&, const LaunchOptions&)> launch = ipcbench::launch;
  std::function<void()> end_round = [] {};  // called after each round
  Stopwatch elapsed = start_stopwatch();
  std::function<LaunchOutcome(const Cell&, const LaunchOptions&)> launch_counted = ipcbench::launch;

  [[nodiscard]] bool is_brief(const Cell& cell) const {
    return !brief.empty() && std::ranges::find(brief, cell_name(cell)) != brief.end();
  }
  [[nodiscard]] bool is_interrupted() const { return *interrupted != 0; }
  // Launches the cell once, with these phases.
  [[nodiscard]] LaunchOutcome launch_once(const PlannedCell& planned, const LaunchPhases& with) const {
    return launch(planned.cell, {.placement = planned.placement,
                                 .warm_up = with.warm_up,
                                 .timed = with.timed,
                                 .time_limit = time_limit + std::max(with.timed - phases.timed, {}),
                                 .interrupted = interrupted});
  }
};

}  // namespace ipcbench
