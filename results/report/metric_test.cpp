#include "results/report/metric.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

double value(const Row& row, Metric metric) { return metric_values_ns(row)[place_of(metric)]; }

// 100 round trips of 1000 ns, 890 of 2000 and 10 of 4000: ranks 100, 500 and 990 of 1000. 300 and 100 us of
// CPU over 1000 messages. Catches metrics that are mixed up, and a CPU time of one end.
TEST(MetricValues, AreThoseOfTheLaunch) {
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 1000);
  row.measurement.histogram = {{1000, 100}, {2000, 890}, {4000, 10}};
  row.measurement.max_ns = 4000;
  row.measurement.producer.cpu_ns = 300'000;
  row.measurement.consumer.cpu_ns = 100'000;
  EXPECT_EQ(value(row, Metric::time), 2000);
  EXPECT_EQ(value(row, Metric::low), 1000);
  EXPECT_EQ(value(row, Metric::tail), 2000);
  EXPECT_EQ(value(row, Metric::cpu), 400);
}

// Throughput times nothing one by one; 999 samples are too few for a 99th percentile. Catches a zero in place
// of what is not known, which would be the best of all.
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
