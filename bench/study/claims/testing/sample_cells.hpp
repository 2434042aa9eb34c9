// For tests: reports in which the cells are as fast as the test says.
#pragma once

#include <cstdint>

#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

// Six launches, the fewest whose interval has 95 %, from the given time to 2.5 % above it; the CPU time of
// both ends together is 0.75 times that (sample_report.hpp).
inline void add_latency(Report& report, const Cell& cell, std::uint64_t round_trip_ns,
                        std::uint32_t launches = 6) {
  for (std::uint32_t i = 0; i < launches; ++i) {
    report.cells.add(latency_row(cell, i, round_trip_ns + i * round_trip_ns / 200));
  }
}

// CPU time: 1.5 times the time per message.
inline void add_throughput(Report& report, const Cell& cell, std::uint64_t ns_per_message,
                           std::uint32_t launches = 6) {
  for (std::uint32_t i = 0; i < launches; ++i) {
    report.cells.add(throughput_row(cell, i, ns_per_message + i * ns_per_message / 200));
  }
}

}  // namespace ipcbench::testing
