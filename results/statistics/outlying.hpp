// Values that lie apart from the others.
#pragma once

#include <cstddef>
#include <vector>

namespace ipcbench {

// With fewer values, a deviation says little about which of them is the odd one.
inline constexpr std::size_t kFewestForOutlying = 6;

// From how many robust standard deviations on one of so many values is outlying: 4.2 + 26 / n, which calls
// any of n Gaussian values so in about 1 % of all cases (6,000 simulated for each of n = 6 to 50). The
// usual 3.5 (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993) does in 10 to 20 %.
double outlying_from(std::size_t values);

// Each value's distance from the median, over 1.4826 times the median absolute deviation from it, which is
// the standard deviation of Gaussian values. Up to half of the values may be anything. If more than half of
// them are equal, the others deviate infinitely. Throws std::invalid_argument for no values, or one that is
// not finite.
std::vector<double> robust_deviations(const std::vector<double>& values);

}  // namespace ipcbench
