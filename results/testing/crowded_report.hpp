// For tests: reports that fill a screen, and more.
#pragma once

#include <string>

#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

// Without cells, doubts and omissions.
inline Report empty_report() {
  Report report = sample_report();
  report.cells = {};
  report.doubts.clear();
  report.failed.clear();
  report.skipped.clear();
  report.session.complete = true;
  return report;
}

// As many mechanisms as there are, with names that are as long, at every size, placement and way of waiting.
inline Report crowded_report() {
  Report report = empty_report();
  for (int i = 0; i < 40; ++i) {
    for (const std::size_t size : {0UL, 1UL, 64UL, 4096UL, 65536UL, 1UL << 20}) {
      for (const Cpus cpus : {Cpus::same, Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node}) {
        for (const Wait wait : {Wait::block, Wait::spin, Wait::adaptive}) {
          Cell cell = make_cell("quite_a_long_mechanism_" + std::to_string(i), size);
          cell.cpus = cpus;
          cell.wait = wait;
          const std::uint64_t faster = wait == Wait::block ? 1 : 10;
          for (std::uint32_t launch = 0; launch < 2; ++launch) {
            report.cells.add(
                latency_row(cell, launch, (20'000 + 100 * static_cast<std::uint64_t>(i)) / faster));
          }
        }
      }
    }
  }
  for (int i = 0; i < 30; ++i) {
    report.doubts.push_back({Doubt::Level::warn,
                             "Something is doubtful about fact " + std::to_string(i) + ".",
                             "Do something about it, which takes a whole sentence to say."});
  }
  return report;
}

}  // namespace ipcbench::testing
