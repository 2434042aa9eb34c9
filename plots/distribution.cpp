#include "plots/distribution.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <ranges>

#include "results/statistics/pooled_quantiles.hpp"

namespace ipcbench {
namespace {

constexpr double kClassesPerOctave = 16;
constexpr double kSamplesBeyond = 10;

LaunchHistogram pooled(const ReportCell& cell, const CellSummary& summary) {
  std::vector<const LaunchHistogram*> histograms;
  for (const Launch* launch : counted_launches(cell, summary))
    histograms.push_back(&launch->measurement.histogram);
  return merged_histogram(histograms);
}

std::vector<double> quantiles(const LaunchHistogram& buckets, double samples) {
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

// The buckets ascend, and so do their classes.
std::string histogram_text(const LaunchHistogram& buckets) {
  int at = class_of(buckets.front().lower_ns);
  std::string text = std::to_string(at) + ":";
  std::uint64_t in_class = 0;
  for (const auto& [lower_ns, count] : buckets) {
    const int next = class_of(lower_ns);
    if (next != at) {
      text += base36(in_class);
      text.append(static_cast<std::size_t>(next - at), ',');
      at = next;
      in_class = 0;
    }
    in_class += count;
  }
  return text + base36(in_class);
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
  const LaunchHistogram buckets = pooled(cell, summary);
  if (buckets.empty()) return {};
  double samples = 0;
  for (const HistogramBucket& bucket : buckets) samples += static_cast<double>(bucket.count);
  return {quantiles(buckets, samples), histogram_text(buckets)};
}

}  // namespace ipcbench
