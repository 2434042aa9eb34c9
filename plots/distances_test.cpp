#include "plots/distances.hpp"

#include <gtest/gtest.h>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

Row row_between(int producer, int consumer, double before_ns, double after_ns) {
  Row row = testing::latency_row(testing::make_cell("pipe", 64), 0, 1000);
  row.measurement.producer.cpu = producer;
  row.measurement.consumer.cpu = consumer;
  row.measurement.line = LineRoundTrip{before_ns, after_ns};
  return row;
}

// The distance of a launch is the geometric mean of both measurements: of 100 and 400 ns 200 ns. Catches
// pairs in two orders that stay apart, and launches without a distance that count.
TEST(Distances, AreMediansOfPairs) {
  Report report = testing::sample_report();
  report.cells = {row_between(3, 1, 100, 400), row_between(1, 3, 300, 300), row_between(3, 1, 900, 900),
                  row_between(0, 2, 50, 50), testing::latency_row(testing::make_cell("pipe", 64), 4, 1000)};
  EXPECT_EQ(distances_of(report), nlohmann::json({{0, 2, 50.0, 1}, {1, 3, 300.0, 3}}));
}

}  // namespace
}  // namespace ipcbench
