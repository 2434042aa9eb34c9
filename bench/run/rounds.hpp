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

// The most launches of a cell, as a multiple of the planned ones.
inline constexpr std::uint32_t kMostTimesPlanned = 4;
// The same while only leaders get more.
inline constexpr std::uint32_t kMostTimesBeforeOthers = 2;

struct RoundsResult {
  ReportCells cells;
  std::vector<Omission> left_out;      // cells without a launch for lack of time
  std::vector<Omission> failed;        // failed launches
  bool complete = true;                // false: interrupted or out of time before the last planned launch
  std::string note;                    // why it is not complete, in one sentence
  std::optional<Precision> precision;  // of the medians; empty without add_launches
  std::uint32_t repeated = 0;          // launches that were disturbed and made again
  bool shortened = false;              // the budget shortened the phases of the first round
};

// Launches every cell up to `launches` times within the budget. The first round runs at least one cell of
// each mechanism and pattern, however long that takes. Another round begins only if it is likely to fit. A
// cell that exceeded its time limit is not tried again.
//
// A disturbed launch (Measurement::disturbance) is repeated at once while Repetitions and the budget allow
// it. Only the last one counts, whatever its time.
//
// With `add_launches`, cells whose median is not precise (is_precise()) get the remaining budget in further
// rounds. A cell leaves them when its median is precise, when it has kMostTimesPlanned times the planned
// launches, or when one of its launches fails. The winners of the sizes that are read first and the cells
// that cannot be told from them (leaders()) come first, up to kMostTimesBeforeOthers times the planned
// launches; then those that are likely to become precise in the time left, if there are any, else all. The
// last of these rounds ends when the next launch is unlikely to fit. Fewer than six launches cannot give 95 %
// confidence, so their whole range decides, as in the summary. More launches narrow the interval from the
// ninth on. Cells that stay imprecise do not make a run incomplete.
RoundsResult run_rounds(const std::vector<PlannedCell>& cells, const RoundsOptions& options,
                        Progress& progress);

}  // namespace ipcbench
