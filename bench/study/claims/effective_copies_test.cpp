#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

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

// A fixed cost of 1 us is not a copy. Catches a ratio of times in place of a ratio of slopes.
TEST(EffectiveCopies, AreTheRatioOfTheSlopes) {
  Report report = report_with_floor();
  add_curve(report, "pipe", 1000, 4);
  const MeasuredCells cells = measured_cells(report);
  const auto copies = effective_copies(cells);
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].cell.mechanism, "pipe");
  EXPECT_NEAR(copies[0].copies.median, 4, 0.02);  // the rows are rounded to the nanosecond
  EXPECT_LE(copies[0].copies.low, copies[0].copies.median);
  EXPECT_LE(copies[0].worst_residual, 0.02);
  EXPECT_EQ(copies[0].sizes_bytes, (std::vector<std::size_t>{4096, 65536, 1048576}));
}

// A queue takes at most 8 KiB, so its slope begins at 64 B. A single size has no slope.
TEST(EffectiveCopies, BeginLowerForWhatTakesNoLargeMessages) {
  Report report = report_with_floor();
  add_curve(report, "posix_queue", 1000, 4, {64, 4096});
  add_curve(report, "sysv_queue", 1000, 4, {4096});
  const MeasuredCells cells = measured_cells(report);
  const auto copies = effective_copies(cells);
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].cell.mechanism, "posix_queue");
  EXPECT_EQ(copies[0].sizes_bytes, (std::vector<std::size_t>{64, 4096}));
}

// The floor is the unit. Catches a floor that is taken from another placement.
TEST(EffectiveCopies, NeedTheFloorOfTheSamePlacement) {
  Report report = report_with_floor();
  Cell apart = make_cell("pipe", 4096);
  apart.cpus = Cpus::llc;
  add_throughput(report, apart, 1000);
  apart.size_bytes = 65536;
  add_throughput(report, apart, 9000);
  const MeasuredCells cells = measured_cells(report);
  EXPECT_TRUE(effective_copies(cells).empty());
}

// Catches a slope that is given as a count, and one of sockets, of which the textbook's sentence does not
// speak.
TEST(CopiesInCpuTime, AreShownBesideACountOfThem) {
  Report report = report_with_floor();
  add_curve(report, "pipe", 1000, 4);
  add_curve(report, "tcp", 1000, 9);
  add_curve(report, "posix_shm_ring", 100, 2);
  const std::vector<std::string> lines = copies_in_cpu_time(report);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines.at(0),
              HasSubstr("the CPU time of posix_shm_ring 2.0 [2.0, 2.0], pipe 4.0 [4.0, 4.0] copies"));
  EXPECT_THAT(lines.at(0), ::testing::Not(HasSubstr("tcp")));
  EXPECT_THAT(lines.at(1), HasSubstr("no count"));
  EXPECT_TRUE(copies_in_cpu_time(Report{}).empty());
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

TEST(FitRelativeLine, FindsAStraightLine) {
  const Line line = fit_relative_line(
      {{4096, 100 + 0.25 * 4096}, {65536, 100 + 0.25 * 65536}, {1048576, 100 + 0.25 * 1048576}});
  EXPECT_NEAR(line.slope, 0.25, 1e-12);
  EXPECT_NEAR(line.intercept, 100, 1e-6);
  EXPECT_NEAR(line.worst_residual, 0, 1e-12);
}

// Values 1, 2 and 4 at 0, 1 and 2 have the weights 1, 1/4 and 1/16, together 21/16. Means of x: (1/4 + 2/16)
// / (21/16) = 2/7; of y: (1 + 2/4 + 4/16) / (21/16) = 4/3. Slope: sum w (x - 2/7)(y - 4/3) over sum w (x -
// 2/7)^2 = (2/21 + 5/42 + 2/7) / (4/49 + 25/196 + 9/49) = (1/2) / (11/28) = 14/11. An unweighted fit would
// give 1.5.
TEST(FitRelativeLine, WeighsRelativeErrors) {
  const Line line = fit_relative_line({{0, 1}, {1, 2}, {2, 4}});
  EXPECT_NEAR(line.slope, 14.0 / 11, 1e-12);
  EXPECT_NEAR(line.intercept, 4.0 / 3 - 4.0 / 11, 1e-12);  // 32/33
  EXPECT_NEAR(line.worst_residual, (4 - 32.0 / 33 - 28.0 / 11) / 4, 1e-12);
}

TEST(FitRelativeLine, RefusesWhatHasNoSlope) {
  EXPECT_THROW(fit_relative_line({}), std::invalid_argument);
  EXPECT_THROW(fit_relative_line({{1, 1}}), std::invalid_argument);
  EXPECT_THROW(fit_relative_line({{1, 1}, {1, 2}}), std::invalid_argument);
  EXPECT_THROW(fit_relative_line({{1, 1}, {2, 0}}), std::invalid_argument);
}

}  // namespace
}  // namespace ipcbench
