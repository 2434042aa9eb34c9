#include "results/statistics/steadiness.hpp"

#include <algorithm>
#include <cmath>

#include "results/statistics/rank_tests.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

// Three tests share 1 % (Bonferroni).
constexpr double kSignificant = 0.01 / 3;
constexpr double kDriftThatMatters = 1.05;

using Values = std::vector<double>;

double median_between(const Values& values, std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t i) { return values.begin() + static_cast<std::ptrdiff_t>(i); };
  return median(Values(at(begin), at(end)));
}

LevelChange thirds(const Values& times) {
  const auto third = static_cast<std::ptrdiff_t>(times.size() / 3);
  const Values first(times.begin(), times.begin() + third);
  const Values last(times.end() - third, times.end());
  return {.p = rank_sum_p(first, last), .later = median(last) / median(first)};
}

// The slope of the logarithms, which is the same share of the level everywhere.
LevelChange trend(const Values& times) {
  Values logarithms;
  logarithms.reserve(times.size());
  for (const double time : times) logarithms.push_back(std::log(time));
  const auto steps = static_cast<double>(times.size() - 1);
  return {.p = trend_p(times), .later = std::exp(steps * theil_sen_slope(logarithms))};
}

LevelChange step(const Values& times) {
  const ChangePoint change = change_point(times);
  if (change.place == 0) return {};
  return {
      .p = change.p,
      .later = median_between(times, change.place, times.size()) / median_between(times, 0, change.place)};
}

bool counts(const LevelChange& change) {
  return change.p < kSignificant && std::max(change.later, 1 / change.later) > kDriftThatMatters;
}

}  // namespace

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
  if (times.size() < kFewestWindows || times.size() > kMostWindows) return std::nullopt;
  return Drift{.thirds = thirds(times), .trend = trend(times), .step = step(times)};
}

std::optional<bool> is_steady(const std::vector<Window>& windows) {
  const auto drift = drift_of(windows);
  if (!drift) return std::nullopt;
  return !counts(drift->thirds) && !counts(drift->trend) && !counts(drift->step);
}

}  // namespace ipcbench
