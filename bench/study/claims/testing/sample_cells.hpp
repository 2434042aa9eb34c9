// For tests: adds cells of a given speed to a report.
#pragma once

#include <cstdint>

#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

// Six launches, the fewest for an interval of 95 %, from the given time to 2.5 % above it. The CPU time of
// both ends together is 0.75 times that (sample_report.hpp).
inline void add_latency(Report& report, const Cell& cell, std::uint64_t round_trip_ns,
                        std::uint32_t launches = 6) {
  for (std::uint32_t i = 0; i < launches; ++i) {
    report.cells.add(latency_row(cell, i, round_trip_ns + i * round_trip_ns / 200));
  }
}

// The CPU time is 1.5 times the time per message.
inline void add_throughput(Report& report, const Cell& cell, std::uint64_t ns_per_message,
                           std::uint32_t launches = 6) {
  for (std::uint32_t i = 0; i < launches; ++i) {
    report.cells.add(throughput_row(cell, i, ns_per_message + i * ns_per_message / 200));
  }
}

}  // namespace ipcbench::testing
