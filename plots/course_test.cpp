#include "plots/course.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

// The course of a cell whose launches have these windows; the first `counted` of them count.
std::string course(const std::vector<std::vector<Window>>& launches, std::uint32_t counted) {
  Report report;
  CellSummary summary;
  for (std::uint32_t launch = 0; launch < launches.size(); ++launch) {
    Row row = testing::latency_row(testing::make_cell("pipe"), launch, 3008);
    row.measurement.windows = launches[launch];
    report.cells.add(std::move(row));
    if (launch < counted) summary.figures.push_back({launch, 1.0});
  }
  return course_of(report.cells[0], summary);
}

// From 100 ns to 400 ns there are two octaves of 63 steps: 200 ns is step 31.5, which is rounded up to 32,
// 'W'.
TEST(Course, PlacesTimesPerMessageBetweenTheExtremesOfTheCell) {
  EXPECT_EQ(course({{{10, 1000}, {10, 2000}}, {{10, 4000}, {10, 1000}}}, 2), "100:400:0W,_0");
}

// 16 windows become 8 parts of two. Catches a mean of times instead of the time of all messages: 1 message in
// 400 ns and 3 in 400 ns make 200 ns each, and not 267.
TEST(Course, MergesWindowsByTheirMessages) {
  std::vector<Window> windows(16, Window{2, 200});
  windows[14] = {1, 400};
  windows[15] = {3, 400};
  EXPECT_EQ(course({windows}, 1), "100:200:0000000_");
}

TEST(Course, HoldsTheLaunchesThatCountAndSaysWhereNothingArrived) {
  EXPECT_EQ(course({{{0, 500}, {10, 1000}}, {{10, 9000}}}, 1), "100:100:.0");
  EXPECT_EQ(course({{{10, 1000}}, {}, {{10, 1000}}}, 3), "100:100:0,,0");
  EXPECT_EQ(course({{}, {}}, 2), "");
}

}  // namespace
}  // namespace ipcbench
