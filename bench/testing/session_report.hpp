// For tests: the report of one session among several of a host.
#pragma once

#include <fmt/format.h>

#include <cstdint>

#include "results/report/report.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

// Twelve launches of two cells, 64 B and 4 KiB; `permille` scales the times of this session. Session `number`
// is of that day of January.
inline Report session_report(std::uint64_t permille, int number) {
  Report report = sample_report();
  report.session.id = fmt::format("{:016x}", number);
  report.session.started_utc = fmt::format("2026-01-{:02}T12:00:00Z", number);
  report.session.ended_utc = fmt::format("2026-01-{:02}T12:01:00Z", number);
  report.session.complete = true;
  report.session.note.clear();
  report.doubts.clear();
  report.skipped.clear();
  report.failed.clear();
  report.cells = {};
  for (std::uint32_t launch = 0; launch < 12; ++launch) {
    for (const std::size_t size : {64U, 4096U}) {
      const Cell cell = make_cell("pipe", size);
      report.cells.add(latency_row(cell, launch, (30'000 + 20 * launch) * permille / 1000));
    }
  }
  return report;
}

}  // namespace ipcbench::testing
