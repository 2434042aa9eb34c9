#include "harness/base/histogram.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace ipcbench {
namespace {

constexpr std::uint64_t kLargest = (std::uint64_t{1} << Histogram::kMaxBits) - 1;

// 31 KiB each: off the stack, and counts start out undefined as they do in shared memory.
std::unique_ptr<Histogram> cleared() {
  auto histogram = std::make_unique<Histogram>();
  histogram->clear();
  return histogram;
}

// Catches: a shift or mask that is off by one in either direction of the mapping.
TEST(HistogramTest, LowerBoundIsInverseOfIndexForEveryBucket) {
  for (std::size_t index = 0; index < Histogram::kBuckets; ++index) {
    ASSERT_EQ(Histogram::index_of(Histogram::lower_bound_ns(index)), index);
  }
}

// Catches: gaps and overlaps between buckets. The value just below a bucket belongs to the one before.
TEST(HistogramTest, BucketsTouchWithoutGap) {
  for (std::size_t index = 1; index < Histogram::kBuckets; ++index) {
    ASSERT_LT(Histogram::lower_bound_ns(index - 1), Histogram::lower_bound_ns(index));
    ASSERT_EQ(Histogram::index_of(Histogram::lower_bound_ns(index) - 1), index - 1);
  }
}

// Catches: too few sub-buckets. 1/128 of the lower bound is the stated precision.
TEST(HistogramTest, NoBucketIsWiderThanOne128thOfItsLowerBound) {
  for (std::size_t index = 1; index + 1 < Histogram::kBuckets; ++index) {
    const std::uint64_t lower = Histogram::lower_bound_ns(index);
    const std::uint64_t width = Histogram::lower_bound_ns(index + 1) - lower;
    ASSERT_TRUE(width == 1 || width * 128 <= lower) << "bucket " << index;
  }
}

// Worked by hand: below 256 ns every value has its own bucket; 256 and 257 share the 257th; a
// microsecond lies between 2^9 and 2^10, so buckets are 4 ns wide there: 1000 = 250 * 4.
TEST(HistogramTest, BucketsWorkedByHand) {
  EXPECT_EQ(Histogram::index_of(0), 0U);
  EXPECT_EQ(Histogram::index_of(1), 1U);
  EXPECT_EQ(Histogram::index_of(127), 127U);
  EXPECT_EQ(Histogram::index_of(128), 128U);
  EXPECT_EQ(Histogram::index_of(255), 255U);
  EXPECT_EQ(Histogram::index_of(256), 256U);
  EXPECT_EQ(Histogram::index_of(257), 256U);
  EXPECT_EQ(Histogram::index_of(258), 257U);
  EXPECT_EQ(Histogram::lower_bound_ns(Histogram::index_of(1000)), 1000U);
  EXPECT_EQ(Histogram::lower_bound_ns(Histogram::index_of(1003)), 1000U);
  EXPECT_EQ(Histogram::lower_bound_ns(Histogram::index_of(1004)), 1004U);
}

// Catches: writing past the array for an out-of-range value.
TEST(HistogramTest, LargeValuesCountInTheLastBucket) {
  constexpr std::size_t kLast = Histogram::kBuckets - 1;
  EXPECT_EQ(Histogram::index_of(kLargest), kLast);
  EXPECT_EQ(Histogram::index_of(kLargest + 1), kLast);
  EXPECT_EQ(Histogram::index_of(std::numeric_limits<std::uint64_t>::max()), kLast);
  // The last bucket begins at 255 / 256 of 2^37.
  EXPECT_EQ(Histogram::lower_bound_ns(kLast), (std::uint64_t{1} << 37) / 256 * 255);
}

// Catches: clear() that leaves counts behind, and buckets() that lists empty or unordered buckets.
TEST(HistogramTest, BucketsHoldWhatWasRecordedInAscendingOrder) {
  auto histogram = cleared();
  EXPECT_TRUE(histogram->buckets().empty());
  for (const std::uint64_t ns : {1000U, 5U, 1003U, 5U, 0U}) histogram->record(ns);
  EXPECT_EQ(histogram->buckets(), (std::vector<HistogramBucket>{{0, 1}, {5, 2}, {1000, 2}}));
  histogram->clear();
  EXPECT_TRUE(histogram->buckets().empty());
}

// Catches: ranks that are off by one. Ten values 10, 20, ..., 100: the p-quantile has rank ceil(10 p).
TEST(QuantileTest, RankIsTheCeiling) {
  std::vector<HistogramBucket> buckets;
  for (std::uint64_t ns = 10; ns <= 100; ns += 10) buckets.push_back({ns, 1});
  EXPECT_EQ(quantile_ns(buckets, 0.001), 10U);
  EXPECT_EQ(quantile_ns(buckets, 0.1), 10U);
  EXPECT_EQ(quantile_ns(buckets, 0.11), 20U);
  EXPECT_EQ(quantile_ns(buckets, 0.5), 50U);
  EXPECT_EQ(quantile_ns(buckets, 0.51), 60U);
  EXPECT_EQ(quantile_ns(buckets, 0.9), 90U);
  EXPECT_EQ(quantile_ns(buckets, 0.99), 100U);
  EXPECT_EQ(quantile_ns(buckets, 1.0), 100U);
}

// Catches: a rank one too high where p * total is a hair above a whole number in binary.
TEST(QuantileTest, RoundingErrorOfTheProductDoesNotRaiseTheRank) {
  const std::vector<HistogramBucket> buckets{{1, 7}, {2, 93}};
  EXPECT_EQ(quantile_ns(buckets, 0.07), 1U);
}

// Catches: counting buckets instead of values. 98 values of 5, one of 50, one of 200.
TEST(QuantileTest, CountsWeigh) {
  const std::vector<HistogramBucket> buckets{{5, 98}, {50, 1}, {200, 1}};
  EXPECT_EQ(quantile_ns(buckets, 0.98), 5U);
  EXPECT_EQ(quantile_ns(buckets, 0.99), 50U);
  EXPECT_EQ(quantile_ns(buckets, 0.999), 200U);
}

TEST(QuantileTest, NothingRecordedIsZero) { EXPECT_EQ(quantile_ns({}, 0.5), 0U); }

// The bucket of 1024 holds 1024 to 1031. Of ten values spread evenly, the first is at 5 % of these 7 ns, the
// fifth at 45 %. Catches quantiles that are always at a lower bound.
TEST(QuantileTest, ValuesOfABucketAreSpreadEvenly) {
  const std::vector<HistogramBucket> buckets{{100, 10}, {1024, 10}};
  EXPECT_EQ(quantile_ns(buckets, 0.5), 100);
  EXPECT_DOUBLE_EQ(quantile_ns(buckets, 0.55), 1024 + 0.05 * 7);
  EXPECT_DOUBLE_EQ(quantile_ns(buckets, 0.75), 1024 + 0.45 * 7);
  EXPECT_DOUBLE_EQ(quantile_ns({{1024, 1}}, 0.5), 1024 + 0.5 * 7);
}

// Ten of 70 ns, eighty of 80, ten of 90000: without 5 of 100 at each end, 5 * 70 + 80 * 80 + 5 * 90000
// over 90. (90000 is in the bucket of 89600 to 90111.) Catches a trim that takes whole buckets.
TEST(TrimmedMeanTest, LeavesOutAShareAtEachEnd) {
  const std::vector<HistogramBucket> buckets{{70, 10}, {80, 80}, {89600, 10}};
  const double low_half_ns = 89600 + 511 / 4.0;
  EXPECT_DOUBLE_EQ(trimmed_mean_ns(buckets, 0.05), (5 * 70 + 80 * 80 + 5 * low_half_ns) / 90);
  EXPECT_DOUBLE_EQ(trimmed_mean_ns(buckets, 0.1), 80);
  EXPECT_DOUBLE_EQ(trimmed_mean_ns({{70, 1}, {80, 3}}, 0), 77.5);
  EXPECT_DOUBLE_EQ(trimmed_mean_ns({{70, 1}}, 0.25), 70);
  EXPECT_EQ(trimmed_mean_ns({}, 0.05), 0);
}

// Steps of 10 ns: 5 % up to 200 ns, the median from 400 ns on. Catches a jump from one estimator to another,
// which would look like a change of the program.
TEST(TrimTest, GrowsWithTheStepsThatATimeHas) {
  EXPECT_EQ(trim_for(80, 10), 0.05);
  EXPECT_EQ(trim_for(200, 10), 0.05);
  EXPECT_DOUBLE_EQ(trim_for(300, 10), 0.275);
  EXPECT_EQ(trim_for(400, 10), 0.5);
  EXPECT_EQ(trim_for(1e6, 10), 0.5);
  EXPECT_EQ(trim_for(80, 1), 0.5);
}

}  // namespace
}  // namespace ipcbench
