// Sessions of one host over time: how each cell, each family and the whole moved, and where a level changed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// With fewer sessions there is nothing to follow.
inline constexpr std::size_t kFewestInTrend = 3;

// The time per message of a cell, family or all cells in each session.
struct Trend {
  Level level = Level::cell;
  std::string name;
  // The median over launches. Groups: the geometric mean over the cells that all sessions have. NaN: not
  // measured in that session.
  std::vector<double> time_ns;
  // slower or faster: p of the change point (change_point_of(), corrected within the level by Holm) is below
  // 0.05, and the change is at least the smallest effect. unchanged is never said: the test cannot show it.
  Verdict verdict = Verdict::inconclusive;
  std::size_t changed_at = 0;  // the first session after the change; where it is most likely, if inconclusive
  double ratio = 1;            // median after the change over that before it
  double p_adjusted = 1;
};

// `sessions` ascend in time. The whole comes first, then families of two cells or more, then cells, by name.
// Empty for fewer than kFewestInTrend. Cells of fewer sessions than that are left out.
std::vector<Trend> trends(const std::vector<SampledReport>& sessions, const GateSettings& settings);

// [{"level", "name", "time_ns": [number or null], "verdict", "changed_at", "ratio", "p_adjusted"}]
std::string trends_json(const std::vector<Trend>& trends);

}  // namespace ipcbench
