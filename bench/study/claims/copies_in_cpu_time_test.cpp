#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/study/claims/report_claims.hpp"
#include "bench/study/claims/testing/sample_cells.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

using testing::add_throughput;
using testing::make_cell;

// A cost of `fixed_ns` per message and `copies` times 1/32 ns per byte.
void add_curve(Report& report, const std::string& mechanism, std::uint64_t fixed_ns, std::uint64_t copies,
               std::initializer_list<std::size_t> sizes = {4096, 65536, 1048576}) {
  for (const std::size_t size : sizes) {
    add_throughput(report, make_cell(mechanism, size), fixed_ns + copies * size / 32);
  }
}

Report report_with_floor() {
  Report report;
  add_curve(report, "memcpy", 0, 1, {64, 4096, 65536, 1048576});
  return report;
}

// A fixed cost of 1 us is not a copy. Catches a ratio of times in place of a ratio of slopes, a slope that is
// given as a count, and one of sockets, of which the textbook's sentence does not speak.
TEST(CopiesInCpuTime, AreTheRatioOfTheSlopes) {
  Report report = report_with_floor();
  add_curve(report, "pipe", 1000, 4);
  add_curve(report, "tcp", 1000, 9);
  add_curve(report, "posix_shm_ring", 100, 2);
  const std::vector<std::string> lines = copies_in_cpu_time(report);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(
      lines.at(0),
      "wait:block peers:fork cpus:same, from 4 KiB to 1 MiB: the CPU time of posix_shm_ring 2.0, pipe 4.0 "
      "copies.");
  EXPECT_THAT(lines.at(1), HasSubstr("no count"));
  EXPECT_TRUE(copies_in_cpu_time(Report{}).empty());
}

// A queue takes at most 8 KiB, so its slope begins at 64 B. A single size has no slope.
TEST(CopiesInCpuTime, BeginLowerForWhatTakesNoLargeMessages) {
  Report report = report_with_floor();
  add_curve(report, "posix_queue", 1000, 4, {64, 4096});
  add_curve(report, "sysv_queue", 1000, 4, {4096});
  const std::vector<std::string> lines = copies_in_cpu_time(report);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines.at(0), HasSubstr("from 64 B to 4 KiB: the CPU time of posix_queue 4.0 copies."));
}

// The floor is the unit. Catches a floor that is taken from another placement.
TEST(CopiesInCpuTime, NeedTheFloorOfTheSamePlacement) {
  Report report = report_with_floor();
  Cell apart = make_cell("pipe", 4096);
  apart.cpus = Cpus::llc;
  add_throughput(report, apart, 1000);
  apart.size_bytes = 65536;
  add_throughput(report, apart, 9000);
  EXPECT_TRUE(copies_in_cpu_time(report).empty());
}

// Catches spinning ends, whose CPU time is meaningless here.
TEST(CopiesInCpuTime, LeaveOutSpinning) {
  Report report = report_with_floor();
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    for (const std::size_t size : {4096UL, 65536UL, 1048576UL}) {
      Cell spinning = make_cell("fifo", size);
      spinning.wait = Wait::spin;
      report.cells.add(testing::throughput_row(spinning, launch, 1000 + 90 * size / 32));
      spinning.mechanism = "memcpy";
      report.cells.add(testing::throughput_row(spinning, launch, size / 32));
    }
  }
  EXPECT_TRUE(copies_in_cpu_time(report).empty());
}

}  // namespace
}  // namespace ipcbench
