// Writes two reports of the same cells, the second 10 % slower, and all of their exports, for other programs
// to read.
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "results/export/export.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace {

constexpr std::uint32_t kLaunches = 12;  // compare.py calls a test with fewer than nine unreliable

ipcbench::Report report_of(std::uint64_t percent) {
  using namespace ipcbench;
  Report report = testing::sample_report();
  for (std::uint32_t launch = 2; launch < kLaunches; ++launch) {
    report.cells.add(testing::mixed_row(testing::make_cell("pipe"), launch, 1024 * percent / 100 / 8 * 8));
    for (const char* mechanism : {"pipe", "fifo"}) {
      const Cell cell = testing::make_cell(mechanism);
      report.cells.add(testing::latency_row(cell, launch, (3000 + 20 * launch) * percent / 100));
      report.cells.add(testing::throughput_row(cell, launch, (800 + 5 * launch) * percent / 100));
    }
  }
  return report;
}

// One file per format, under its name.
void write_exports(const ipcbench::Report& report, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const ipcbench::ExportFormat& format : ipcbench::export_formats()) {
    std::ofstream file(folder / format.name);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file << format.write(report, "") << std::flush;
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::cerr << "usage: write_sample_reports BASE NEW EXPORTS_OF_BASE EXPORTS_OF_NEW\n";
    return 2;
  }
  ipcbench::write_report(report_of(100), argv[1]);
  ipcbench::write_report(report_of(110), argv[2]);
  write_exports(report_of(100), argv[3]);
  write_exports(report_of(110), argv[4]);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
