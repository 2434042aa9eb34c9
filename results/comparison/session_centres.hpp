// A new session against the earlier ones of a cell or group: what several bases and a history have in common.
#pragma once

#include <vector>

#include "results/comparison/findings.hpp"
#include "results/comparison/log_difference.hpp"

namespace ipcbench {

// The centres of a cell or group, as logarithms: one of each base (NaN: it has none), and the new one.
struct SessionCentres {
  std::vector<double> bases;
  double candidate = 0;
  // What the launches add to the variance of the new centre because it has fewer of them than a base.
  VariancePart fewer_launches;
  bool judged = false;

  [[nodiscard]] std::vector<double> known() const;
};

// The new centre less the mean of the bases, with the variance of a prediction. The variance between bases is
// moderated over what has the same level and metric. What is judged has two bases at least; what is not stays
// without a judgement.
std::vector<LogDifference> predicted_differences(const Tested<SessionCentres>& tested);

}  // namespace ipcbench
