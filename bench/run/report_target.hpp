// Where a run's report goes, checked before anything is measured.
#pragma once

#include <filesystem>

namespace ipcbench {

// `wanted`, or results/runs/<host>-<UTC time>.json below the current directory if that is empty; creates
// those folders. Throws UsageError if no report can be written there.
std::filesystem::path report_target(const std::filesystem::path& wanted);

}  // namespace ipcbench
