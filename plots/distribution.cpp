#include "plots/distribution.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <ranges>

namespace ipcbench {
namespace {

using Buckets = std::map<std::uint64_t, std::uint64_t>;  // count by smallest value

constexpr double kClassesPerOctave = 16;
constexpr double kSamplesBeyond = 10;

Buckets pooled(const ReportCell& cell, const CellSummary& summary) {
  Buckets pooled;
  for (const Launch* launch : counted_launches(cell, summary)) {
    for (const auto& [lower_ns, count] : launch->measurement.histogram) pooled[lower_ns] += count;
  }
  return pooled;
}

std::vector<double> quantiles(const std::vector<HistogramBucket>& buckets, double samples) {
  std::vector<double> values_ns;
  for (const double share : kQuantileShares) {
    const double beyond = samples * std::min(share, 1 - share);
    if (beyond + 1e-6 < kSamplesBeyond) {
      if (share > 0.5) break;
      values_ns.push_back(std::nan(""));
      continue;
    }
    values_ns.push_back(quantile_ns(buckets, share));
  }
  return values_ns;
}

std::string base36(std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  for (; number > 0; number /= kDigits.size()) text += kDigits[number % kDigits.size()];
  std::ranges::reverse(text);
  return text;
}

int class_of(std::uint64_t ns) {
  return static_cast<int>(
      std::floor(kClassesPerOctave * std::log2(static_cast<double>(std::max<std::uint64_t>(ns, 1)))));
}

std::string histogram_text(const Buckets& buckets) {
  std::map<int, std::uint64_t> classes;
  for (const auto& [lower_ns, count] : buckets) classes[class_of(lower_ns)] += count;
  const int first = classes.begin()->first;
  std::string text = std::to_string(first) + ":";
  int next = first;
  for (const auto& [at, count] : classes) {
    text.append(static_cast<std::size_t>(at - next), ',');
    text += base36(count);
    next = at;
  }
  return text;
}

}  // namespace

std::vector<const Launch*> counted_launches(const ReportCell& cell, const CellSummary& summary) {
  std::vector<const Launch*> counted;
  for (const LaunchFigure& each : summary.figures) {
    const auto launch = std::ranges::find(cell.launches, each.number, &Launch::number);
    if (launch != cell.launches.end()) counted.push_back(&*launch);
  }
  return counted;
}

Distribution distribution_of(const ReportCell& cell, const CellSummary& summary) {
  const Buckets counts = pooled(cell, summary);
  if (counts.empty()) return {};
  std::vector<HistogramBucket> buckets;
  double samples = 0;
  for (const auto& [lower_ns, count] : counts) {
    buckets.push_back({lower_ns, count});
    samples += static_cast<double>(count);
  }
  return {quantiles(buckets, samples), histogram_text(counts)};
}

}  // namespace ipcbench
