#include "results/summary/spread.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

// 90, 100, 104, 110 and 900 are 14, 4, 0, 6 and 796 from 104: their median is 6. Catches a spread that
// one bad launch dominates.
TEST(SpreadBetween, IsNotMovedByAnOutlier) {
  EXPECT_DOUBLE_EQ(spread_between({90, 100, 104, 110, 900}).value(), 1.4826 * 6 / 104);
}

TEST(SpreadBetween, OfOneLaunchIsUnknown) {
  EXPECT_FALSE(spread_between({100}));
  EXPECT_FALSE(spread_between({}));
}

// Ranks 25, 50 and 75 of 100: 100, 200 and 250. Catches a share of the mean.
TEST(SpreadWithin, IsTheQuartilesOfWhatWasTimed) {
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 2000);
  row.measurement.histogram = {{100, 30}, {200, 40}, {250, 30}};
  row.measurement.min_ns = 100;
  row.measurement.max_ns = 250;
  EXPECT_DOUBLE_EQ(spread_within(row.cell.pattern, row.measurement).value(), (250 - 100) / 1.349 / 200);
}

// A quarter of 39 is less than ten.
TEST(SpreadWithin, OfFewSamplesIsUnknown) {
  EXPECT_FALSE(spread_within(Pattern::latency,
                             testing::latency_row(testing::make_cell("pipe"), 0, 2000, 39).measurement));
  EXPECT_TRUE(spread_within(Pattern::latency,
                            testing::latency_row(testing::make_cell("pipe"), 0, 2000, 40).measurement));
}

// 100 to 111 ns a message in twelve windows: the 3rd, the 9th and the middle of the 6th and 7th.
TEST(SpreadWithin, IsThatOfTheWindowsWhereNothingIsTimed) {
  Row row = testing::throughput_row(testing::make_cell("pipe"), 0, 100);
  for (std::uint64_t i = 0; i < 12; ++i) row.measurement.windows.push_back({10, 1000 + 10 * i});
  EXPECT_DOUBLE_EQ(spread_within(row.cell.pattern, row.measurement).value(), (108 - 102) / 1.349 / 105.5);
  row.measurement.windows.resize(8);
  EXPECT_FALSE(spread_within(row.cell.pattern, row.measurement));
}

TEST(IsBimodal, TwoGroupsAre) {
  EXPECT_TRUE(is_bimodal({3000, 3010, 3020, 6000, 6020, 6040}));
  EXPECT_TRUE(is_bimodal({6020, 3000, 3010, 6000, 3020, 3015, 3005, 2990}));
}

// Neither evenly spread values nor a group with one outlier have two modes. Catches an outlier called a mode.
TEST(IsBimodal, OneGroupIsNot) {
  EXPECT_FALSE(is_bimodal({3000, 3100, 3200, 3300, 3400, 3500, 3600}));
  EXPECT_FALSE(is_bimodal({3000, 3010, 3020, 3030, 3040, 9000}));
}

// 4 % apart: certain, but below the smallest effect of a comparison.
TEST(IsBimodal, WhatDoesNotMatterIsNot) {
  EXPECT_FALSE(is_bimodal({1000, 1000, 1000, 1040, 1040, 1040}));
  EXPECT_TRUE(is_bimodal({1000, 1000, 1000, 1060, 1060, 1060}));
}

// A clock that counts nanoseconds rounds 15.5 ns to 15 or 16. Catches two modes caused by rounding.
TEST(IsBimodal, RoundingIsNot) { EXPECT_FALSE(is_bimodal({15, 15, 15, 16, 16, 16})); }

TEST(IsBimodal, FiveLaunchesAreTooFew) { EXPECT_FALSE(is_bimodal({1000, 1000, 2000, 2000, 2000})); }

// At entries of the table, halfway between two, and beyond its end.
TEST(CriticalSeparation, IsInterpolated) {
  EXPECT_DOUBLE_EQ(critical_separation(6), 9.4);
  EXPECT_DOUBLE_EQ(critical_separation(11), 5.8);
  EXPECT_DOUBLE_EQ(critical_separation(25), 4.325);
  EXPECT_DOUBLE_EQ(critical_separation(20'000), 4.5);
  EXPECT_THROW(critical_separation(5), std::invalid_argument);
}

// The critical values allow at most 1 % of 4000 cells with one Gaussian mode to be called bimodal: 40. The
// limit of 80 is six standard deviations higher. The noise is 30 %, so the smallest distance of 5 % does not
// decide. At entries of the table and between them, with a fixed seed.
TEST(IsBimodal, AlmostNeverSplitsOneMode) {
  std::mt19937_64 random(20260131);
  std::normal_distribution<double> gaussian(0, 0.3);
  for (const std::size_t launches : {6U, 7U, 9U, 11U, 17U, 25U, 45U}) {
    int split = 0;
    for (int cell = 0; cell < 4000; ++cell) {
      std::vector<double> times_ns(launches);
      for (double& time : times_ns) time = 1e6 * std::exp(gaussian(random));
      split += is_bimodal(times_ns);
    }
    EXPECT_LE(split, 80) << launches << " launches";
    EXPECT_GE(split, 8) << launches << " launches";  // the rule is not blind either
  }
}

}  // namespace
}  // namespace ipcbench
