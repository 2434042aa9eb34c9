#include "results/report/row_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

Row row_of(std::vector<HistogramBucket> histogram, std::uint64_t min_ns, std::uint64_t max_ns) {
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 1000);
  row.measurement.histogram = std::move(histogram);
  row.measurement.min_ns = min_ns;
  row.measurement.max_ns = max_ns;
  return row;
}

Row row_of_count(std::uint64_t count) { return row_of({{100, count}}, 100, 100); }

// A percentile needs ten samples beyond it: the 90th a hundred in all, the 99th a thousand, and so on.
// Catches an off-by-one, and binary fractions (0.999 * 10000 > 9990) that cost a sample.
TEST(PercentileNs, NeedsTenSamplesBeyondIt) {
  EXPECT_FALSE(percentile_ns(row_of_count(99), 900));
  EXPECT_TRUE(percentile_ns(row_of_count(100), 900));
  EXPECT_FALSE(percentile_ns(row_of_count(999), 990));
  EXPECT_TRUE(percentile_ns(row_of_count(1000), 990));
  EXPECT_FALSE(percentile_ns(row_of_count(9999), 999));
  EXPECT_TRUE(percentile_ns(row_of_count(10000), 999));
}

// Towards the nearer end: catches a 10th percentile that is decided by the fastest accident of a few samples,
// because ninety others lie on its far side.
TEST(PercentileNs, NeedsTenSamplesBelowALowOne) {
  EXPECT_FALSE(percentile_ns(row_of_count(99), 100));
  EXPECT_TRUE(percentile_ns(row_of_count(100), 100));
  EXPECT_FALSE(percentile_ns(row_of_count(999), 10));
  EXPECT_TRUE(percentile_ns(row_of_count(1000), 10));
  EXPECT_FALSE(percentile_ns(row_of_count(100'000), 0));
  EXPECT_EQ(percentile_ns(row_of({{100, 10}, {200, 90}}, 100, 200), 100), 100);
  EXPECT_EQ(percentile_ns(row_of({{100, 9}, {200, 91}}, 100, 200), 100), 200);
}

TEST(PercentileNs, OfTheMedianNeedsOneSample) {
  EXPECT_FALSE(percentile_ns(row_of_count(0), 500));
  EXPECT_EQ(percentile_ns(row_of_count(1), 500), 100);
}

// 20 of 36 samples are in the first bucket, so the 18th is; the bucket starts at 3008, the fastest sample
// was 3010. Catches a median below the minimum.
TEST(PercentileNs, StaysWithinTheExactExtremes) {
  EXPECT_EQ(percentile_ns(testing::distinct_row(), 500), 3010);
  EXPECT_EQ(time_ns(testing::distinct_row()), 3010);
}

// 989 samples of 100 and 11 of 200: rank 990 is the first of the slower ones.
TEST(PercentileNs, IsTheValueOfItsRank) {
  EXPECT_EQ(percentile_ns(row_of({{100, 989}, {200, 11}}, 100, 200), 990), 200);
  EXPECT_EQ(percentile_ns(row_of({{100, 990}, {200, 10}}, 100, 200), 990), 100);
}

TEST(PercentileNs, ThatDoesNotExistIsEmpty) { EXPECT_FALSE(percentile_ns(row_of_count(100'000), 1001)); }

// Three of 100 ns and one of 4100: 4400 / 4. Catches a mean that is taken from buckets, which know the last
// one as 4096, and one of the timed phase, most of which a paced launch spends waiting for the next message.
TEST(MeanNs, IsExact) {
  Row row = row_of({{100, 3}, {4096, 1}}, 100, 4100);
  row.measurement.messages = 4;
  row.measurement.elapsed_ns = 1'000'000;
  row.measurement.sum_ns = 4400;
  EXPECT_EQ(mean_ns(row), 1100);
}

TEST(MeanNs, OfNothingIsEmpty) { EXPECT_FALSE(mean_ns(row_of({}, 0, 0))); }

// 1000 messages of 64 bytes in 800 us: 800 ns each, 1.25 million and 80 million bytes a second.
TEST(Throughput, CountsFromTheElapsedTime) {
  const Row row = testing::throughput_row(testing::make_cell("pipe"), 0, 800);
  EXPECT_EQ(time_ns(row), 800);
  EXPECT_EQ(messages_per_second(row), 1.25e6);
  EXPECT_EQ(bytes_per_second(row), 8e7);
}

// The figure of a paced launch is what its messages took, not the time between them; that of a fan is the
// latter. Catches a pattern that is taken for one of the other kind.
TEST(TimeNs, IsOfEachMessageWhereTheyAreTimed) {
  Row paced = testing::paced_row(testing::make_cell("pipe"), 0, 3008);
  paced.measurement.elapsed_ns = 8'000'000;
  EXPECT_EQ(time_ns(paced), 3008);
  EXPECT_EQ(time_ns(testing::oneway_row(testing::make_cell("pipe"), 0, 1504)), 1504);
  const Row fanin = testing::fan_row(testing::make_cell("pipe"), Pattern::fanin, 4, 0, 400);
  EXPECT_EQ(time_ns(fanin), 400);
  EXPECT_EQ(bytes_per_second(fanin), 1.6e8);
}

// A token has a rate of messages, and no bytes; 0 bytes a second would be drawn and ranked as a result.
TEST(Throughput, OfTokensHasNoBytes) {
  const Row row = testing::throughput_row(testing::make_cell("eventfd", 0), 0, 800);
  EXPECT_EQ(messages_per_second(row), 1.25e6);
  EXPECT_FALSE(bytes_per_second(row));
}

// A floor that moves nothing must not claim terabytes a second.
TEST(Throughput, OfNothingHasNoBytes) {
  EXPECT_FALSE(bytes_per_second(testing::throughput_row(testing::make_cell("null"), 0, 800)));
}

// 101 ns and 201 ns of CPU over 36 round trips. Catches one end's time counted as the other's.
TEST(CpuNsPerMessage, IsEachEndsOwn) {
  EXPECT_EQ(cpu_ns_per_message(testing::distinct_row(), Side::producer), 101.0 / 36);
  EXPECT_EQ(cpu_ns_per_message(testing::distinct_row(), Side::consumer), 201.0 / 36);
}

// A launch without messages has no time per message; a zero would rank it first.
TEST(TimeNs, OfNothingIsNotANumber) {
  Row row = testing::throughput_row(testing::make_cell("pipe"), 0, 800);
  row.measurement.messages = 0;
  EXPECT_TRUE(std::isnan(time_ns(row)));
  EXPECT_TRUE(std::isnan(time_ns(row_of({}, 0, 0))));
}

}  // namespace
}  // namespace ipcbench
