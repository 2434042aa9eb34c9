// The sessions of one host over time: how each cell, each family and the whole moved, where a level changed,
// and whether the newest session is where the earlier ones let it be expected. TREND.md has what it reaches.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/comparison/history.hpp"

namespace ipcbench {

// With fewer sessions there is nothing to follow.
inline constexpr std::size_t kFewestInTrend = 3;

// Where a level changed.
struct Step {
  std::size_t at = 0;  // the first session after the change
  Ratio ratio;         // after it, up to the next one, over before it; the search for its place not counted
  double p_adjusted = 1;
  // regressed, improved: the interval reaches the smallest effect. slower, faster: it is surely less, and
  // never fails. inconclusive: not sure that there is a change.
  Verdict verdict = Verdict::inconclusive;
};

// The time per message of a cell, family or all cells in each session.
struct Trend {
  Level level = Level::cell;
  std::string name;
  std::string family;  // of a cell; a family's own name
  // The median over launches, with its interval. Groups: the geometric mean of the medians of the cells that
  // half of the sessions have, moved by the median of their deviations in the session; without interval.
  // NaN: not measured in that session.
  std::vector<HistoryPoint> points;
  // Changes that are sure (level_changes(), and a false-discovery rate of 5 % within the level), ascending.
  std::vector<Step> steps;
  // The last of them, or the likeliest one if there is none. Then its verdict is inconclusive: the test
  // cannot show that nothing changed.
  Step last;
  // The newest session against those since the last change: as with several bases, but regressed and improved
  // only if it is 15 of their standard deviations from their mean; otherwise slower and faster.
  Finding newest;
};

// The whole comes first, then families of two cells or more, then cells, by name. Empty for fewer than
// kFewestInTrend sessions. Cells of fewer sessions than that are left out.
std::vector<Trend> trends(const History& history, const GateSettings& settings);

// [{"level", "name", "time_ns": [number or null], "verdict", "changed_at", "ratio", "p_adjusted", "changes":
// [{"at", "ratio", "low", "high", "p_adjusted", "verdict"}]}]
std::string trends_json(const std::vector<Trend>& trends);

}  // namespace ipcbench
