#include "plots/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

// Two launches of one cell with these buckets each, the second of which does not count if `one`.
Distribution distribution(const std::vector<HistogramBucket>& buckets, bool one = false) {
  Report report;
  for (std::uint32_t launch = 0; launch < 2; ++launch) {
    Row row = testing::latency_row(testing::make_cell("pipe"), launch, 3008);
    row.measurement.histogram = buckets;
    report.cells.add(std::move(row));
  }
  CellSummary summary;
  summary.figures = {{0, 1.0}};
  if (!one) summary.figures.push_back({1, 1.0});
  return distribution_of(report.cells[0], summary);
}

// 1000 at 64 ns and 1000 at 128 ns. Ten of 2000 lie beyond the 99.5th percentile, so 99 % is the last.
TEST(Distribution, QuantilesEndWhereFewerThanTenSamplesLieBeyond) {
  const Distribution both = distribution({{64, 500}, {128, 500}});
  ASSERT_EQ(both.quantiles_ns.size(), 9U);  // 1 % to 99 %
  EXPECT_EQ(both.quantiles_ns[0], 64);
  EXPECT_EQ(both.quantiles_ns[8], 128);
  const Distribution one = distribution({{64, 10}, {128, 10}}, true);
  ASSERT_EQ(one.quantiles_ns.size(), 5U);  // the median, with ten on either side
  EXPECT_TRUE(std::isnan(one.quantiles_ns[0]));
  EXPECT_EQ(one.quantiles_ns[4], 64);
}

// Catches a class that is off by one, and counts of launches that do not count: 64 = 2^(96/16).
TEST(Distribution, ClassesAreSixteenthsOfAnOctave) {
  EXPECT_EQ(distribution({{64, 18}, {68, 1}}).histogram, "96:10,2");
  EXPECT_EQ(distribution({{64, 18}, {70, 1}}, true).histogram, "96:i,,1");
}

TEST(Distribution, WithoutTimedMessagesThereIsNone) {
  const Distribution none = distribution({});
  EXPECT_TRUE(none.quantiles_ns.empty());
  EXPECT_EQ(none.histogram, "");
}

}  // namespace
}  // namespace ipcbench
