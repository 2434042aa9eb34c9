// A log-linear histogram of nanoseconds for shared memory: fixed size, no allocation.
//
// Values below 2^kSubBits have a bucket each; above, every power of two is split into 2^kSubBits
// buckets, so a bucket is at most 1/128 = 0.8 % wide (the layout of HdrHistogram, Gil Tene).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ipcbench {

struct HistogramBucket {
  std::uint64_t lower_ns;  // smallest value that falls into the bucket
  std::uint64_t count;

  friend bool operator==(const HistogramBucket&, const HistogramBucket&) = default;
};

class Histogram {
 public:
  static constexpr unsigned kSubBits = 7;
  static constexpr unsigned kMaxBits = 37;  // 2^37 ns = 137 s; larger values count in the last bucket
  static constexpr std::size_t kBuckets = (kMaxBits - kSubBits + 1) << kSubBits;

  // One shift, one add, one increment: this is called between two messages.
  void record(std::uint64_t ns) noexcept { ++counts_[index_of(ns)]; }

  static constexpr std::size_t index_of(std::uint64_t ns) noexcept {
    constexpr std::uint64_t kLast = (std::uint64_t{1} << kMaxBits) - 1;
    const std::uint64_t value = ns < kLast ? ns : kLast;
    // Values under 2^(kSubBits+1) are shifted by nothing, so their buckets are exact.
    const unsigned shift = static_cast<unsigned>(std::bit_width(value >> kSubBits | 1U)) - 1;
    return (static_cast<std::size_t>(shift) << kSubBits) + static_cast<std::size_t>(value >> shift);
  }
  static constexpr std::uint64_t lower_bound_ns(std::size_t index) noexcept {
    const std::size_t block = index >> kSubBits;
    if (block < 2) return index;
    const std::uint64_t mantissa = (index & ((1U << kSubBits) - 1)) | (1U << kSubBits);
    return mantissa << (block - 1);
  }
  // The largest value that falls into the bucket.
  static constexpr std::uint64_t upper_bound_ns(std::size_t index) noexcept {
    return index + 1 < kBuckets ? lower_bound_ns(index + 1) - 1 : UINT64_MAX;
  }

  // Also touches every page, so that recording never takes a page fault.
  void clear() noexcept { counts_.fill(0); }
  // The buckets that are not empty, ascending.
  [[nodiscard]] std::vector<HistogramBucket> buckets() const;

 private:
  std::array<std::uint64_t, kBuckets> counts_;
};

// The values of a bucket are taken to be spread evenly from its smallest to its largest.

// The p-quantile (0 < p <= 1) of bucketed values in nanoseconds: the value of rank ceil(p * total). Zero if
// there are no values.
double quantile_ns(const std::vector<HistogramBucket>& buckets, double p);

// The mean of the values that remain without the share `trim` (0 <= trim < 0.5) of the smallest and of the
// largest, in nanoseconds. Zero if there are no values.
double trimmed_mean_ns(const std::vector<HistogramBucket>& buckets, double trim);

// The share to trim at each end for a launch's time, by its median: 0.5 (the median) from 40 steps of the
// clock on, 0.05 up to 20 of them, in between in proportion, so that similar launches are estimated alike.
// Near a step, the median is one step or the next (MEASURING.md).
double trim_for(double median_ns, double clock_step_ns);

}  // namespace ipcbench
