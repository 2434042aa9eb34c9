// Two stored sessions compared.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/comparison/calibration.hpp"
#include "results/comparison/comparison.hpp"

namespace ipcbench {

struct CompareOptions {
  // For two sessions: the host's own variance, or a value for it as a standard deviation of log times. One of
  // the two, or the comparison is informational.
  std::optional<Calibration> calibration;
  std::optional<double> assumed_session_sd;
  // Facts that may differ, as patterns ("kernel_release", "vulnerability_*"): what is being compared on
  // purpose.
  std::vector<std::string> across;
};

// Unordered. Without a session variance in `options` no finding is gated, and each is inconclusive.
std::vector<Finding> independent_findings(const SampledReport& base, const SampledReport& candidate,
                                          const GateSettings& settings, const CompareOptions& options);

}  // namespace ipcbench
