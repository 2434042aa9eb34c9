#include "results/statistics/steadiness.hpp"

#include <algorithm>
#include <cmath>

#include "results/statistics/signed_rank.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr double kSignificant = 0.01;
constexpr double kDriftThatMatters = 1.05;

using Values = std::vector<double>;

double later_over_earlier(const Values& times) {
  const auto third = static_cast<std::ptrdiff_t>(times.size() / 3);
  return median({times.end() - third, times.end()}) / median({times.begin(), times.begin() + third});
}

}  // namespace

// Every value is above 0, so its signed rank is its rank.
ChangePoint change_point_of(const Values& values) {
  const auto n = static_cast<double>(values.size());
  const Values ranks = signed_ranks(values);
  ChangePoint change;
  double sum = 0;
  double largest = 0;
  for (std::size_t i = 0; i + 1 < ranks.size(); ++i) {
    sum += 2 * ranks[i] - (n + 1);
    if (std::abs(sum) <= largest) continue;
    largest = std::abs(sum);
    change.first_after = i + 1;
  }
  change.p = values.empty() ? 1 : std::min(1.0, 2 * std::exp(-6 * largest * largest / (n * n * n + n * n)));
  return change;
}

std::vector<double> window_times_ns(const std::vector<Window>& windows) {
  Values times;
  times.reserve(windows.size());
  for (const Window& window : windows) {
    if (window.messages == 0 || window.elapsed_ns == 0) continue;
    times.push_back(static_cast<double>(window.elapsed_ns) / static_cast<double>(window.messages));
  }
  return times;
}

std::optional<Drift> drift_of(const std::vector<Window>& windows) {
  const Values times = window_times_ns(windows);
  if (times.size() < kFewestWindows) return std::nullopt;
  return Drift{.p = change_point_of(times).p, .later = later_over_earlier(times)};
}

std::optional<bool> is_steady(const std::vector<Window>& windows) {
  const Values times = window_times_ns(windows);
  if (times.size() < kFewestWindows) return std::nullopt;
  const double later = later_over_earlier(times);
  if (std::max(later, 1 / later) <= kDriftThatMatters)
    return true;  // most launches, so the test comes after it
  return change_point_of(times).p >= kSignificant;
}

}  // namespace ipcbench
