// Where a run's report goes, made sure of before anything is measured.
#pragma once

#include <filesystem>

namespace ipcbench {

// `wanted`, or if that is empty results/runs/<host>-<UTC time>.json below the current directory, whose
// folders are created. Throws UsageError with cause and remedy if no report could be written there.
std::filesystem::path report_target(const std::filesystem::path& wanted);

}  // namespace ipcbench
