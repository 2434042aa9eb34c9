// The context of Google Benchmark's reports, from Google Benchmark itself.
#pragma once

#include <filesystem>

#include "results/report.hpp"

namespace ipcbench {

BenchmarkContext benchmark_context(const std::filesystem::path& program);

}  // namespace ipcbench
