// Reports for other tools. Each export is a pure function that gives one row per cell, the median over its
// launches. In a format with one direction a cell counts by its time per message: lower is better.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "results/report/report.hpp"

namespace ipcbench {

// Each throws std::invalid_argument for a report that no file can hold, with a launch without messages or
// samples.
std::string export_google_benchmark(const Report& report);
std::string export_bencher(const Report& report);
std::string export_csv(const Report& report);

struct ExportFormat {
  std::string_view name;     // as users write it
  std::string_view summary;  // what it is and who reads it, for help texts
  std::string (*write)(const Report& report) = nullptr;
};

// In the order in which they are listed.
std::span<const ExportFormat> export_formats();

}  // namespace ipcbench
