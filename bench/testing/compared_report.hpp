// Reports for tests of `ipcbench compare`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/report/report.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

// Twelve launches of each size on a host without warnings. The times hardly vary; `percent` scales them.
inline Report compared_report(std::uint64_t percent, const std::string& session_id,
                              const std::vector<std::size_t>& sizes = {64, 4096}) {
  Report report = sample_report();
  report.session.id = session_id;
  report.session.complete = true;
  report.session.note.clear();
  report.session.planned_launches = 12;
  report.doubts.clear();
  report.skipped.clear();
  report.failed.clear();
  report.cells = {};
  for (std::uint32_t launch = 0; launch < 12; ++launch) {
    for (const std::size_t size : sizes) {
      const Cell cell = make_cell("pipe", size);
      report.cells.add(latency_row(cell, launch, (30'000 + 20 * launch) * percent / 100));
    }
  }
  return report;
}

}  // namespace ipcbench::testing
