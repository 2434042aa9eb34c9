#include "results/summary.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using testing::latency_row;
using testing::throughput_row;

const Cell kPipe = testing::make_cell("pipe");
const Cell kFifo = testing::make_cell("fifo");

Report report_of(std::vector<Row> rows) {
  Report report;
  report.rows = std::move(rows);
  return report;
}

// Launches of different cells are interleaved in a report: catches grouping by neighbourhood.
TEST(Summarise, GathersACellsLaunchesInTheOrderOfTheFirst) {
  const auto summaries = summarise(report_of({latency_row(kPipe, 0, 100), latency_row(kFifo, 0, 200),
                                              latency_row(kPipe, 1, 120), latency_row(kPipe, 2, 110)}));
  ASSERT_EQ(summaries.size(), 2U);
  EXPECT_EQ(summaries[0].cell.mechanism, "pipe");
  EXPECT_EQ(summaries[0].launches, 3U);
  EXPECT_EQ(summaries[0].time_ns.median, 110);
  EXPECT_EQ(summaries[0].time_ns.low, 100);
  EXPECT_EQ(summaries[0].time_ns.high, 120);
  EXPECT_DOUBLE_EQ(summaries[0].time_ns.confidence, 0.75);
  EXPECT_EQ(summaries[1].launches, 1U);
}

// Catches cells that differ in a parameter only being thrown together.
TEST(Summarise, TellsParametersApart) {
  Cell small = kPipe;
  small.parameters = {{"pipe_bytes", 4096}};
  EXPECT_EQ(summarise(report_of({latency_row(kPipe, 0, 100), latency_row(small, 0, 200)})).size(), 2U);
}

// 800 and 400 ns per message of 64 bytes: 1.25 and 2.5 million messages a second; latency figures absent.
TEST(Summarise, GivesRatesForThroughputOnly) {
  const auto summaries = summarise(
      report_of({throughput_row(kPipe, 0, 800), throughput_row(kPipe, 1, 400), latency_row(kPipe, 0, 100)}));
  ASSERT_EQ(summaries.size(), 2U);
  EXPECT_EQ(summaries[0].time_ns.median, 600);
  EXPECT_EQ(summaries[0].messages_per_second.value().median, 1.875e6);
  EXPECT_EQ(summaries[0].bytes_per_second.value().low, 8e7);
  EXPECT_EQ(summaries[0].bytes_per_second.value().high, 1.6e8);
  EXPECT_FALSE(summaries[0].p99_ns);
  EXPECT_FALSE(summaries[1].messages_per_second);
  EXPECT_FALSE(summaries[1].bytes_per_second);
  EXPECT_EQ(summaries[1].p99_ns, 100);
}

// Two of three launches, and one of three, are long enough for a 99th percentile (1000 samples).
TEST(Summarise, GivesAPercentileThatAtLeastHalfOfTheLaunchesHave) {
  const Row lengthy = latency_row(kPipe, 0, 100, 1000);
  const Row longer = latency_row(kPipe, 1, 140, 1000);
  const Row brief = latency_row(kPipe, 2, 200, 999);
  EXPECT_EQ(summarise(report_of({lengthy, longer, brief}))[0].p99_ns, 120);
  EXPECT_FALSE(summarise(report_of({lengthy, brief, brief}))[0].p99_ns);
}

// latency_row spends half of the round trip in the producer and a quarter in the consumer.
TEST(Summarise, KeepsTheEndsCpuTimeApart) {
  const auto summary = summarise(report_of({latency_row(kPipe, 0, 100), latency_row(kPipe, 1, 200)}))[0];
  EXPECT_EQ(summary.producer_cpu_ns_per_message, 75);
  EXPECT_EQ(summary.consumer_cpu_ns_per_message, 37.5);
}

// 1000 and 1000 received, 500 and 0 lost: 500 of 2500 sent.
TEST(Summarise, CountsLossesOverAllLaunches) {
  Row lossy = throughput_row(kPipe, 0, 100);
  lossy.measurement.lost_messages = 500;
  EXPECT_EQ(summarise(report_of({lossy, throughput_row(kPipe, 1, 100)}))[0].lost_share, 0.2);
}

TEST(Summarise, OfNothingIsNothing) { EXPECT_TRUE(summarise(Report{}).empty()); }

// Catches a launch without messages becoming a number.
TEST(Summarise, RefusesARowWithoutMessages) {
  Row row = throughput_row(kPipe, 0, 100);
  row.measurement.messages = 0;
  EXPECT_THROW(summarise(report_of({row})), std::invalid_argument);
}

TEST(IsFloor, NamesTheFloors) {
  EXPECT_TRUE(is_floor(testing::make_cell("null")));
  EXPECT_TRUE(is_floor(testing::make_cell("memcpy")));
  EXPECT_FALSE(is_floor(kPipe));
}

}  // namespace
}  // namespace ipcbench
