// Options on how much two sessions may differ without a change, for commands that compare stored reports.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "results/comparison/compare.hpp"

namespace ipcbench {

struct DifferenceOptions {
  std::string calibration;         // a file of `ipcbench calibrate`
  std::string assumed_session_sd;  // a share, as text
  std::vector<std::string> across;
};

void declare_difference_options(CLI::App& app, DifferenceOptions& options);

// Whether the variance between sessions is given.
bool has_session_variance(const DifferenceOptions& options);

// Reads the calibration. Throws UsageError, which names the option, on a share that is none and on options
// that contradict each other; FileError and ReportError on a calibration that cannot be read.
CompareOptions compare_options_of(const DifferenceOptions& options);

}  // namespace ipcbench
