#include "results/summary/own_core.hpp"

#include <gtest/gtest.h>

#include "results/summary/summary.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

Row on_core(std::uint32_t number, double before_ns, double after_ns, std::uint64_t time_ns, int cpu = 0) {
  Row row = testing::latency_row(testing::make_cell("pipe"), number, time_ns);
  row.measurement.producer.cpu = row.measurement.consumer.cpu = cpu;
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

// Catches a slow core that is taken for a shared one, as on processors with cores of two kinds, and two ends
// on the hardware threads of one core that are taken for ends with a neighbour.
TEST(OwnCore, EachPairOfCpusHasItsOwnShortestTime) {
  OwnCore own;
  const std::vector<std::optional<CoreTime>> launches{CoreTime{{0, 0}, 10'000}, CoreTime{{1, 1}, 20'000},
                                                      CoreTime{{0, 0}, 10'500}, CoreTime{{1, 1}, 21'000},
                                                      CoreTime{{0, 1}, 32'000}, CoreTime{{0, 1}, 33'000}};
  for (const auto& launch : launches) own.see(launch);
  EXPECT_EQ(own.which_count(launches), std::vector<bool>(6, true));
}

// Between two CPUs either end may have had a neighbour. Catches ends that are judged on one CPU only.
TEST(OwnCore, LaunchesBetweenTwoCpusAreJudgedToo) {
  std::vector<Row> rows;
  for (std::uint32_t number = 0; number < 5; ++number) {
    const bool shared = number == 2;
    rows.push_back(on_core(number, shared ? 16'000 : 10'000, 10'000, shared ? 6500 : 4992));
    rows.back().measurement.consumer.cpu = 1;
  }
  const CellSummary summary = summary_of(rows);
  EXPECT_EQ(summary.launches, 4U);
  EXPECT_EQ(summary.left_out, 1U);
}

// Ends that are not pinned or share a core, and older programs.
TEST(OwnCore, LaunchesThatDoNotSayCount) {
  EXPECT_FALSE(core_time(testing::throughput_row(testing::make_cell("pipe"), 0, 100).measurement));
  EXPECT_EQ(OwnCore().which_count({std::nullopt, std::nullopt}), std::vector<bool>(2, true));
}

}  // namespace
}  // namespace ipcbench
