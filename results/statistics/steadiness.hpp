// Whether a launch stayed at one level, or was measured while something changed: warming caches, another
// frequency, a neighbour that came or went.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// With fewer windows not even a clean step in the middle would be significant.
inline constexpr std::size_t kFewestWindows = 16;

// Where a series leaves its level: the first value after the change, and p (two-sided) for the hypothesis
// that there is none.
struct ChangePoint {
  std::size_t first_after = 0;
  double p = 1;
};

// Pettitt's test for a change point in values above 0. By ranks, it assumes nothing about the shape of the
// noise and ignores single bursts. p is the bound 2 exp(-6 K^2 / (n^3 + n^2)), which is above the true value
// where it is small (Pettitt, Applied Statistics 28, 1979). Fewer than 11 values never reach 0.05.
ChangePoint change_point_of(const std::vector<double>& values);

struct Drift {
  double p = 1;      // two-sided; null hypothesis: all windows lie at one level
  double later = 1;  // the median of the last third of the windows over that of the first third
};

// Elapsed time over messages of each window that has both, in order.
std::vector<double> window_times_ns(const std::vector<Window>& windows);

// change_point_of() the times per message. Empty for fewer than kFewestWindows windows with messages.
//
// Why this test: with the 32 windows of a launch it finds steps anywhere in the middle half. It also finds
// slopes, since a slope splits into a lower and a higher half. Simulated with noise of 2 % and the
// limits of is_steady(), it finds a step of 10 % at a quarter of the launch in 100 % of launches, a slope of
// 10 % in 93 % and of 15 % in 100 %. Kendall's test for a trend (Mann, Econometrica 13, 1945) finds as many
// of the slopes, but misses a step of any height in 31 %: three in four of the windows lie at one level.
std::optional<Drift> drift_of(const std::vector<Window>& windows);

// False if the launch surely drifted (p below 0.01, which one level of independent windows reaches in 0.3 %
// of launches) and the drift matters (`later` is beyond 5 %, the smallest change that counts in a
// comparison). Empty as above.
std::optional<bool> is_steady(const std::vector<Window>& windows);

}  // namespace ipcbench
