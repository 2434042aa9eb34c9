#include "results/summary/own_core.hpp"

#include <gtest/gtest.h>

#include "results/summary/summary.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

Row on_core(std::uint32_t number, double before_ns, double after_ns, std::uint64_t time_ns, int cpu = 0) {
  Row row = testing::latency_row(testing::make_cell("pipe"), number, time_ns);
  row.measurement.producer.cpu = cpu;
  row.measurement.core = CoreWork{.before_ns = before_ns, .after_ns = after_ns};
  return row;
}

CellSummary summary_of(const std::vector<Row>& rows) {
  Report report = testing::sample_report();
  report.cells = {};
  for (const Row& row : rows) report.cells.add(row);
  return summarise(report).front();
}

// The third launch had a neighbour at its end, the fourth from its beginning. Catches a median of both modes,
// and a neighbour that came in between.
TEST(OwnCore, LaunchesWithANeighbourAreLeftOut) {
  const CellSummary summary = summary_of({on_core(0, 10'000, 10'900, 4992), on_core(1, 10'500, 10'100, 4992),
                                          on_core(2, 10'200, 16'000, 6500), on_core(3, 16'100, 16'200, 6600),
                                          on_core(4, 10'300, 10'300, 5008)});
  EXPECT_EQ(summary.launches, 3U);
  EXPECT_EQ(summary.left_out, 2U);
  EXPECT_DOUBLE_EQ(summary.time_ns.median, 4992);
  EXPECT_FALSE(summary.bimodal);
}

// Catches a median that rests on two launches, and a cell without any.
TEST(OwnCore, AllCountWhereFewHadTheirCore) {
  const CellSummary summary =
      summary_of({on_core(0, 10'000, 10'000, 5000), on_core(1, 10'000, 10'100, 4992),
                  on_core(2, 16'000, 16'000, 6500), on_core(3, 16'000, 16'000, 6600)});
  EXPECT_EQ(summary.launches, 4U);
  EXPECT_EQ(summary.left_out, 0U);
}

// Catches a slow core that is taken for a shared one, as on processors with cores of two kinds.
TEST(OwnCore, EachCpuHasItsOwnShortestTime) {
  OwnCore own;
  const std::vector<std::optional<CoreTime>> launches{CoreTime{0, 10'000}, CoreTime{1, 20'000},
                                                      CoreTime{0, 10'500}, CoreTime{1, 21'000}};
  for (const auto& launch : launches) own.see(launch);
  EXPECT_EQ(own.which_count(launches), std::vector<bool>(4, true));
}

// Rows of two CPUs, and of older programs.
TEST(OwnCore, LaunchesThatDoNotSayCount) {
  EXPECT_FALSE(core_time(testing::throughput_row(testing::make_cell("pipe"), 0, 100).measurement));
  EXPECT_EQ(OwnCore().which_count({std::nullopt, std::nullopt}), std::vector<bool>(2, true));
}

}  // namespace
}  // namespace ipcbench
