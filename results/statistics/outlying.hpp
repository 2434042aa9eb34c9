// Values that lie apart from the others.
#pragma once

#include <cstddef>
#include <vector>

namespace ipcbench {

// With fewer values, a deviation says little about which of them is the odd one.
inline constexpr std::size_t kFewestForOutlying = 5;

// Beyond so many robust standard deviations, a value is outlying (Iglewicz and Hoaglin, How to Detect and
// Handle Outliers, 1993).
inline constexpr double kOutlyingFrom = 3.5;

// Each value's distance from the median, over 1.4826 times the median absolute deviation from it, which is
// the standard deviation of Gaussian values. Up to half of the values may be anything. If more than half of
// them are equal, the others deviate infinitely. Throws std::invalid_argument for no values, or one that is
// not finite.
std::vector<double> robust_deviations(const std::vector<double>& values);

}  // namespace ipcbench
