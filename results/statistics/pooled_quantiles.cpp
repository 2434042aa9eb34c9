#include "results/statistics/pooled_quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <stdexcept>

namespace ipcbench {
namespace {

constexpr std::size_t kDraws = 200;
constexpr double kTailShare = 0.025;  // outside the interval, on each side

// The counts of all launches in each bucket that any of them has, ascending.
class CountTable {
 public:
  explicit CountTable(const std::vector<const LaunchHistogram*>& launches) : launches_(launches.size()) {
    std::map<std::uint64_t, std::vector<std::uint64_t>> rows;
    for (std::size_t launch = 0; launch < launches.size(); ++launch) {
      for (const auto& [lower_ns, count] : *launches[launch]) {
        rows.try_emplace(lower_ns, launches_).first->second[launch] = count;
      }
    }
    for (const auto& [lower_ns, counts] : rows) {
      lower_ns_.push_back(lower_ns);
      counts_.insert(counts_.end(), counts.begin(), counts.end());
    }
  }

  [[nodiscard]] std::size_t launches() const { return launches_; }

  // The merged histogram if each launch is taken that many times.
  [[nodiscard]] LaunchHistogram merged(const std::vector<std::uint64_t>& times) const {
    LaunchHistogram merged;
    const std::uint64_t* counts = counts_.data();
    for (const std::uint64_t lower_ns : lower_ns_) {
      std::uint64_t sum = 0;
      for (const std::uint64_t each : times) sum += each * *counts++;
      if (sum != 0) merged.push_back({lower_ns, sum});
    }
    return merged;
  }

 private:
  std::size_t launches_;
  std::vector<std::uint64_t> lower_ns_;
  std::vector<std::uint64_t> counts_;  // a row for each bucket, a column for each launch
};

double quantile_of(const LaunchHistogram& histogram, double share) {
  return static_cast<double>(quantile_ns(histogram, share));
}

// Empty if the histogram is: launches without samples may be drawn alone.
std::vector<double> quantiles_of(const LaunchHistogram& histogram, std::span<const double> shares) {
  std::vector<double> quantiles;
  if (histogram.empty()) return quantiles;
  for (const double share : shares) quantiles.push_back(quantile_of(histogram, share));
  return quantiles;
}

// Draws as many launches as there are, with repetition. How often each was drawn.
std::vector<std::uint64_t> draw(std::mt19937_64& random, std::size_t launches) {
  std::vector<std::uint64_t> times(launches);
  for (std::size_t i = 0; i < launches; ++i) ++times[random() % launches];
  return times;
}

// The value of rank ceil(share * n).
double ranked(std::vector<double> values, double share) {
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto place = values.begin() + std::max<std::ptrdiff_t>(rank, 1) - 1;
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

// All launches once.
LaunchHistogram merged_histogram(const std::vector<const LaunchHistogram*>& launches) {
  LaunchHistogram all;
  for (const LaunchHistogram* launch : launches) all.insert(all.end(), launch->begin(), launch->end());
  std::ranges::sort(all, {}, &HistogramBucket::lower_ns);
  LaunchHistogram merged;
  for (const HistogramBucket& bucket : all) {
    if (bucket.count == 0) continue;
    if (merged.empty() || merged.back().lower_ns != bucket.lower_ns) {
      merged.push_back(bucket);
    } else {
      merged.back().count += bucket.count;
    }
  }
  return merged;
}

std::vector<PooledQuantile> quantiles_alone(const LaunchHistogram& all, std::span<const double> shares) {
  if (all.empty()) throw std::invalid_argument("a quantile of no samples");
  std::vector<PooledQuantile> quantiles;
  quantiles.reserve(shares.size());
  for (const double share : shares) {
    const double value = quantile_of(all, share);
    quantiles.push_back({value, value, value});
  }
  return quantiles;
}

}  // namespace

std::vector<PooledQuantile> pooled_quantiles(const std::vector<const LaunchHistogram*>& launches,
                                             std::span<const double> shares, QuantileInterval interval) {
  if (interval == QuantileInterval::none) return quantiles_alone(merged_histogram(launches), shares);
  const CountTable table(launches);
  const LaunchHistogram all = table.merged(std::vector<std::uint64_t>(table.launches(), 1));
  if (all.empty()) throw std::invalid_argument("a quantile of no samples");
  std::mt19937_64 random(1);
  std::vector<std::vector<double>> drawn(shares.size());
  // Three launches can be drawn in ten ways: each is worked out once.
  std::map<std::vector<std::uint64_t>, std::vector<double>> known;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const auto [draw_known, is_new] = known.try_emplace(draw(random, table.launches()));
    if (is_new) draw_known->second = quantiles_of(table.merged(draw_known->first), shares);
    for (std::size_t s = 0; s < draw_known->second.size(); ++s) drawn[s].push_back(draw_known->second[s]);
  }
  std::vector<PooledQuantile> quantiles;
  quantiles.reserve(shares.size());
  for (std::size_t s = 0; s < shares.size(); ++s) {
    quantiles.push_back({.value = quantile_of(all, shares[s]),
                         .low = ranked(drawn[s], kTailShare),
                         .high = ranked(drawn[s], 1 - kTailShare)});
  }
  return quantiles;
}

}  // namespace ipcbench
