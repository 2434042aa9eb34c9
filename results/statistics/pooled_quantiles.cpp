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
    struct Entry {
      std::uint64_t lower_ns;
      std::size_t launch;
      std::uint64_t count;
    };
    std::vector<Entry> entries;
    for (std::size_t launch = 0; launch < launches.size(); ++launch) {
      for (const auto& [lower_ns, count] : *launches[launch]) entries.push_back({lower_ns, launch, count});
    }
    std::ranges::sort(entries, {}, &Entry::lower_ns);
    for (const auto& [lower_ns, launch, count] : entries) {
      if (lower_ns_.empty() || lower_ns_.back() != lower_ns) {
        lower_ns_.push_back(lower_ns);
        counts_.resize(counts_.size() + launches_);
      }
      counts_[counts_.size() - launches_ + launch] = count;
    }
  }

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

using Times = std::vector<std::uint64_t>;      // how often each launch was drawn
using Draws = std::map<Times, std::uint64_t>;  // with how often that came out

// Draws as many launches as there are, with repetition. Three launches can be drawn in ten ways.
Draws draw(std::size_t launches) {
  std::mt19937_64 random(1);
  Draws draws;
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    Times times(launches);
    for (std::size_t i = 0; i < launches; ++i) ++times[random() % launches];
    ++draws[times];
  }
  return draws;
}

// The same for every cell that has as many launches.
const Draws& draws_of(std::size_t launches) {
  thread_local std::map<std::size_t, Draws> known;
  const auto [draws, is_new] = known.try_emplace(launches);
  if (is_new) draws->second = draw(launches);
  return draws->second;
}

struct Drawn {
  double value;
  std::uint64_t times;
};

// The value of rank ceil(share * n), where `values` are ascending.
double ranked(const std::vector<Drawn>& values, double share) {
  std::uint64_t n = 0;
  for (const Drawn& each : values) n += each.times;
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(n)));
  auto place = values.begin();
  for (std::uint64_t up_to = place->times; up_to < rank; up_to += place->times) ++place;
  return place->value;
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

LaunchHistogram merged_histogram(const std::vector<const LaunchHistogram*>& launches) {
  LaunchHistogram all;
  for (const LaunchHistogram* launch : launches) {
    const auto more = all.insert(all.end(), launch->begin(), launch->end());
    std::ranges::inplace_merge(all, more, {}, &HistogramBucket::lower_ns);
  }
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

std::vector<PooledQuantile> pooled_quantiles(const std::vector<const LaunchHistogram*>& launches,
                                             std::span<const double> shares, QuantileInterval interval) {
  if (interval == QuantileInterval::none) return quantiles_alone(merged_histogram(launches), shares);
  const CountTable table(launches);
  const LaunchHistogram all = table.merged(Times(launches.size(), 1));
  if (all.empty()) throw std::invalid_argument("a quantile of no samples");
  std::vector<std::vector<Drawn>> drawn(shares.size());
  for (const auto& [times, often] : draws_of(launches.size())) {
    const LaunchHistogram merged = table.merged(times);
    if (merged.empty()) continue;  // launches without samples may be drawn alone
    for (std::size_t s = 0; s < shares.size(); ++s)
      drawn[s].push_back({quantile_of(merged, shares[s]), often});
  }
  std::vector<PooledQuantile> quantiles;
  quantiles.reserve(shares.size());
  for (std::size_t s = 0; s < shares.size(); ++s) {
    std::ranges::sort(drawn[s], {}, &Drawn::value);
    quantiles.push_back({.value = quantile_of(all, shares[s]),
                         .low = ranked(drawn[s], kTailShare),
                         .high = ranked(drawn[s], 1 - kTailShare)});
  }
  return quantiles;
}

}  // namespace ipcbench
