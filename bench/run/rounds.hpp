// The core of a run: rounds, each of which launches every cell once in its own random order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/run/plan.hpp"
#include "bench/run/progress.hpp"
#include "bench/run/rounds_options.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Where launches may be added, every cell has so many before any has more for a reason: one that is far off
// does not decide their median.
inline constexpr std::uint32_t kFewestLaunches = 3;
// The most launches of a cell, as a multiple of the planned ones.
inline constexpr std::uint32_t kMostTimesPlanned = 4;
// The same while only leaders get more.
inline constexpr std::uint32_t kMostTimesBeforeOthers = 2;

struct RoundsResult {
  ReportCells cells;
  std::vector<Omission> left_out;      // cells without a launch for lack of time
  std::vector<Omission> failed;        // failed launches
  bool complete = true;                // false: interrupted or out of time before each cell had its launches
  std::string note;                    // why it is not complete, in one sentence
  std::optional<Precision> precision;  // of the medians; empty without add_launches
  std::uint32_t repeated = 0;          // launches that were disturbed and made again
  bool shortened = false;              // the budget shortened the phases of the first round
};

// Launches every cell up to `launches` times within the budget. The first round runs at least one cell of
// each mechanism and pattern, however long that takes. Another round begins only if it is likely to fit; with
// `add_launches`, after kFewestLaunches, only if all that are planned are. A cell that exceeded its time
// limit is not tried again.
//
// A disturbed launch (Measurement::disturbance) is repeated at once while Repetitions and the budget allow
// it. Only the last one counts, whatever its time.
//
// With `add_launches`, the remaining budget, be it too short for another round, goes to further rounds of the
// cells in which a launch tells most:
//   1. the winners of the sizes that are read first and the cells that cannot be told from them (leaders()),
//      until they are known, up to kMostTimesBeforeOthers times the planned launches;
//   2. cells whose median is not precise (is_precise()) and is likely to become so in the time left;
//   3. cells that have fewer launches than planned;
//   4. the other imprecise ones.
// A cell leaves them when its median is precise, when it has kMostTimesPlanned times the planned launches, or
// when one of its launches fails. The last of these rounds ends when the next launch is unlikely to fit.
// Fewer than six launches cannot give 95 % confidence, so their whole range decides whether a median is
// precise, as in the summary; a leader is known only with that confidence. More launches narrow the interval
// from the ninth on. Neither cells that stay imprecise nor cells with fewer launches than planned make a run
// incomplete.
RoundsResult run_rounds(const std::vector<PlannedCell>& cells, const RoundsOptions& options,
                        Progress& progress);

}  // namespace ipcbench
