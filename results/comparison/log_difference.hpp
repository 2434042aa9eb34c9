// A difference of logarithms between sessions, with the parts of its variance, and the verdicts that follow
// by normal theory.
#pragma once

#include <vector>

#include "results/comparison/findings.hpp"

namespace ipcbench {

// A part of a variance. The doubt is half the variance of its estimate: variance^2 / degrees of freedom.
struct VariancePart {
  double variance = 0;
  double doubt = 0;
};
// `freedom` may be infinite.
VariancePart part_of(double variance, double freedom);

struct LogDifference {
  double estimate = 0;
  std::vector<VariancePart> parts;
  bool judged = true;  // false: the numbers do not allow it, and the finding says why

  [[nodiscard]] double variance() const;
  // By Welch and Satterthwaite (Satterthwaite, Biometrics Bull. 2, 1946); at most a million, where Student's
  // t is normal.
  [[nodiscard]] double freedom() const;
};

// The part of a weighted sum of independent parts.
VariancePart weighted_sum(const std::vector<VariancePart>& parts, const std::vector<double>& weights);

// The variance of a Hodges-Lehmann centre of several launches; infinite for one. It uses the standard
// deviation: outliers, which move the centre little, make the comparison careful instead of raising an alarm.
VariancePart centre_variance(const LogCentre& centre);

// Completes the findings with intervals, p values (corrected within each level by Holm) and verdicts. Without
// a known variance between sessions, every verdict is inconclusive and nothing is gated. What is not judged
// takes part in no test.
void judge_differences(std::vector<Finding>& findings, const std::vector<LogDifference>& differences,
                       const GateSettings& settings, bool session_variance_known);

// Fewer launches of a side show no variance, so that nothing can be said.
inline constexpr std::size_t kFewestLaunches = 2;

// Why a metric of a cell cannot be judged by these launches of one side: fewer than kFewestLaunches, or fewer
// than half of them have the metric (only the fast ones have enough samples for a percentile). Empty if it
// can.
std::string why_not_judged(const std::vector<Sample>& launches, Metric metric, const std::string& origin);

// Marks the finding as reported only.
void refuse_to_judge(Finding& finding, const std::string& reason);

}  // namespace ipcbench
