// Whether a launch stayed at one level, or was measured while something changed: warming caches, another
// frequency, a neighbour that came or went.
#pragma once

#include <optional>
#include <vector>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// Of fewer windows nothing is said, nor of more than a launch can have.
inline constexpr std::size_t kFewestWindows = 9;
inline constexpr std::size_t kMostWindows = 1000;

// What one test says about the times per message, window by window.
struct LevelChange {
  double p = 1;      // two-sided
  double later = 1;  // the later level over the earlier one
};

struct Drift {
  LevelChange thirds;  // the first third against the last: rank sums; the ratio of their medians
  LevelChange trend;   // Kendall's tau; Theil and Sen's line at the end over the line at the start
  LevelChange step;    // Pettitt's change point; the ratio of the medians behind and before it
};

// Elapsed time over messages of each window that has both, in order.
std::vector<double> window_times_ns(const std::vector<Window>& windows);

// Empty for fewer than kFewestWindows windows with messages, or more than kMostWindows.
std::optional<Drift> drift_of(const std::vector<Window>& windows);

// False if one of the three tests is sure of a drift, and it matters: p below 1/300, so that of launches
// whose windows are independent draws from one level not even one in a hundred is called unsteady, and levels
// that differ by more than 5 %, the smallest change that counts in a comparison. Empty as above.
std::optional<bool> is_steady(const std::vector<Window>& windows);

}  // namespace ipcbench
