#include "results/report/metrics.hpp"

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

double figure_of(const Row& row) { return time_ns(row.cell.pattern, row.measurement); }

double value(const Row& row, Metric metric) {
  return metric_values_ns(row.cell.pattern, row.measurement)[place_of(metric)];
}

Row row_of_count(std::uint64_t count) { return row_of({{100, count}}, 100, 100); }

// A percentile needs ten samples beyond it: the 90th a hundred in all, the 99th a thousand, and so on.
// Catches an off-by-one, and binary fractions (0.999 * 10000 > 9990) that cost a sample.
TEST(PercentileNs, NeedsTenSamplesBeyondIt) {
  EXPECT_FALSE(percentile_ns(row_of_count(99).measurement, 900));
  EXPECT_TRUE(percentile_ns(row_of_count(100).measurement, 900));
  EXPECT_FALSE(percentile_ns(row_of_count(999).measurement, 990));
  EXPECT_TRUE(percentile_ns(row_of_count(1000).measurement, 990));
  EXPECT_FALSE(percentile_ns(row_of_count(9999).measurement, 999));
  EXPECT_TRUE(percentile_ns(row_of_count(10000).measurement, 999));
}

// Samples are counted towards the nearer end. Catches a 10th percentile that rests on a single fast sample
// because ninety others lie on its far side.
TEST(PercentileNs, NeedsTenSamplesBelowALowOne) {
  EXPECT_FALSE(percentile_ns(row_of_count(99).measurement, 100));
  EXPECT_TRUE(percentile_ns(row_of_count(100).measurement, 100));
  EXPECT_FALSE(percentile_ns(row_of_count(999).measurement, 10));
  EXPECT_TRUE(percentile_ns(row_of_count(1000).measurement, 10));
  EXPECT_FALSE(percentile_ns(row_of_count(100'000).measurement, 0));
  EXPECT_EQ(percentile_ns(row_of({{100, 10}, {200, 90}}, 100, 200).measurement, 100), 100);
  EXPECT_EQ(percentile_ns(row_of({{100, 9}, {200, 91}}, 100, 200).measurement, 100), 200);
}

TEST(PercentileNs, OfTheMedianNeedsOneSample) {
  EXPECT_FALSE(percentile_ns(row_of_count(0).measurement, 500));
  EXPECT_EQ(percentile_ns(row_of_count(1).measurement, 500), 100);
}

// 20 of 36 samples are in the first bucket, which holds 3008 to 3023; the 18th is at 17.5 of 20. Where the
// slowest sample was 3009, so is the median. Catches a median beyond the extremes.
TEST(PercentileNs, StaysWithinTheExactExtremes) {
  EXPECT_EQ(percentile_ns(testing::distinct_row().measurement, 500), 3008 + 15 * 17.5 / 20);
  EXPECT_EQ(figure_of(testing::distinct_row()), 3008 + 15 * 17.5 / 20);
  EXPECT_EQ(figure_of(row_of({{3008, 20}}, 3008, 3009)), 3009);
  EXPECT_EQ(figure_of(row_of({{3008, 20}}, 3022, 3023)), 3022);
}

// Steps of 10 ns: without 5 % at each end, 5 times 70, 70 times 80 and 15 times 90 over 90. The median would
// be 80, however many samples are 90.
TEST(TimeNs, IsATrimmedMeanWhereTheRowSaysSo) {
  Row row = row_of({{70, 10}, {80, 70}, {90, 20}}, 70, 90);
  EXPECT_EQ(figure_of(row), 80);
  row.measurement.trim = 0.05;
  EXPECT_DOUBLE_EQ(figure_of(row), (5 * 70 + 70 * 80 + 15 * 90) / 90.0);
  EXPECT_DOUBLE_EQ(value(row, Metric::time), four_digits(figure_of(row)));
}

// 989 samples of 100 and 11 of 200: rank 990 is the first of the slower ones.
TEST(PercentileNs, IsTheValueOfItsRank) {
  EXPECT_EQ(percentile_ns(row_of({{100, 989}, {200, 11}}, 100, 200).measurement, 990), 200);
  EXPECT_EQ(percentile_ns(row_of({{100, 990}, {200, 10}}, 100, 200).measurement, 990), 100);
}

TEST(PercentileNs, ThatDoesNotExistIsEmpty) {
  EXPECT_FALSE(percentile_ns(row_of_count(100'000).measurement, 1001));
}

// Three of 100 ns and one of 4100: 4400 / 4. Catches a mean over buckets, in which the last one is 4096, and
// a mean over the timed phase, most of which a paced launch spends waiting.
TEST(MeanNs, IsExact) {
  Row row = row_of({{100, 3}, {4096, 1}}, 100, 4100);
  row.measurement.messages = 4;
  row.measurement.elapsed_ns = 1'000'000;
  row.measurement.sum_ns = 4400;
  EXPECT_EQ(mean_ns(row.measurement), 1100);
}

TEST(MeanNs, OfNothingIsEmpty) { EXPECT_FALSE(mean_ns(row_of({}, 0, 0).measurement)); }

// 1000 messages of 64 bytes in 800 us: 800 ns each, 1.25 million and 80 million bytes a second.
TEST(Throughput, CountsFromTheElapsedTime) {
  const Row row = testing::throughput_row(testing::make_cell("pipe"), 0, 800);
  EXPECT_EQ(figure_of(row), 800);
  EXPECT_EQ(messages_per_second(row.measurement), 1.25e6);
}

// The figure of a paced launch is the time that messages took; that of a fan is the time between them.
// Catches a pattern that is taken for the other kind.
TEST(TimeNs, IsOfEachMessageWhereTheyAreTimed) {
  Row paced = testing::paced_row(testing::make_cell("pipe"), 0, 3008);
  paced.measurement.elapsed_ns = 8'000'000;
  EXPECT_EQ(figure_of(paced), 3008);
  EXPECT_EQ(figure_of(testing::oneway_row(testing::make_cell("pipe"), 0, 1504)), 1504);
  const Row fanin = testing::fan_row(testing::make_cell("pipe"), Pattern::fanin, 4, 0, 400);
  EXPECT_EQ(figure_of(fanin), 400);
}

// 101 ns and 201 ns of CPU over 36 round trips. Catches one end's time counted as the other's.
TEST(CpuNsPerMessage, IsEachEndsOwn) {
  EXPECT_EQ(cpu_ns_per_message(testing::distinct_row().measurement, Side::producer), 101.0 / 36);
  EXPECT_EQ(cpu_ns_per_message(testing::distinct_row().measurement, Side::consumer), 201.0 / 36);
}

// A thousand messages: the sender used 5 us for each, 4 of them for the schedule, and the receiver 3. Catches
// the pacer's waiting in the price of a mechanism, and an upper bound in a comparison.
TEST(CpuNsPerMessage, IsWithoutWaitingForTheSchedule) {
  Row row = testing::paced_row(testing::make_cell("pipe"), 0, 3008);
  Measurement& measurement = row.measurement;
  measurement.messages = 1000;
  measurement.elapsed_ns = 10'000'000;
  measurement.producer.cpu_ns = 5'000'000;
  measurement.consumer.cpu_ns = 3'000'000;
  measurement.schedule->pacing_cpu_ns = 4'000'000;
  EXPECT_EQ(cpu_ns_per_message(measurement, Side::producer), 1000);
  EXPECT_EQ(cpu_ns_per_message(measurement), 4000);
  EXPECT_DOUBLE_EQ(cpus_busy(measurement), 0.4);
  EXPECT_EQ(value(row, Metric::cpu), 4000);
  measurement.schedule->pacing_cpu_ns.reset();
  EXPECT_FALSE(knows_own_cpu_time(measurement));
  EXPECT_DOUBLE_EQ(cpus_busy(measurement), 0.8);
  EXPECT_TRUE(std::isnan(value(row, Metric::cpu)));
}

// A launch without messages has no time per message; a zero would rank it first.
TEST(TimeNs, OfNothingIsNotANumber) {
  Row row = testing::throughput_row(testing::make_cell("pipe"), 0, 800);
  row.measurement.messages = 0;
  EXPECT_TRUE(std::isnan(figure_of(row)));
  EXPECT_TRUE(std::isnan(figure_of(row_of({}, 0, 0))));
}

// 100 round trips of 100 ns, 890 of 200 and 10 of 250: ranks 100, 500 and 990 of 1000. 300 and 100 us of
// CPU over 1000 messages. Catches swapped metrics, and the CPU time of one end only.
TEST(MetricValues, AreThoseOfTheLaunch) {
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 1000);
  row.measurement.histogram = {{100, 100}, {200, 890}, {250, 10}};
  row.measurement.min_ns = 100;
  row.measurement.max_ns = 250;
  row.measurement.producer.cpu_ns = 300'000;
  row.measurement.consumer.cpu_ns = 100'000;
  EXPECT_EQ(value(row, Metric::time), 200);
  EXPECT_EQ(value(row, Metric::low), 100);
  EXPECT_EQ(value(row, Metric::tail), 200);
  EXPECT_EQ(value(row, Metric::cpu), 400);
}

// Throughput does not time single messages; 999 samples are too few for a 99th percentile. Catches an unknown
// metric that is 0, which would be the best of all.
TEST(MetricValues, AreNoNumbersWhereThereAreNone) {
  const Row counted = testing::throughput_row(testing::make_cell("pipe"), 0, 800);
  EXPECT_EQ(value(counted, Metric::time), 800);
  EXPECT_EQ(value(counted, Metric::cpu), 1200);
  EXPECT_TRUE(std::isnan(value(counted, Metric::low)));
  EXPECT_TRUE(std::isnan(value(counted, Metric::tail)));
  const Row brief = testing::latency_row(testing::make_cell("pipe"), 0, 800, 999);
  EXPECT_EQ(value(brief, Metric::low), 800);
  EXPECT_TRUE(std::isnan(value(brief, Metric::tail)));
}

}  // namespace
}  // namespace ipcbench
