// The context of Google Benchmark's reports, from Google Benchmark itself.
#pragma once

#include <filesystem>

#include "results/report/report.hpp"

namespace ipcbench {

// Throws KernelError if there are too few descriptors to look at the machine.
BenchmarkContext benchmark_context(const std::filesystem::path& program);

}  // namespace ipcbench
