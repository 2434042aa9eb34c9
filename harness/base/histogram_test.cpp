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

// Catches: counting buckets instead of values. 98 values of 5, one of 50, one of 500.
TEST(QuantileTest, CountsWeigh) {
  const std::vector<HistogramBucket> buckets{{5, 98}, {50, 1}, {500, 1}};
  EXPECT_EQ(quantile_ns(buckets, 0.98), 5U);
  EXPECT_EQ(quantile_ns(buckets, 0.99), 50U);
  EXPECT_EQ(quantile_ns(buckets, 0.999), 500U);
}

TEST(QuantileTest, NothingRecordedIsZero) { EXPECT_EQ(quantile_ns({}, 0.5), 0U); }

}  // namespace
}  // namespace ipcbench
