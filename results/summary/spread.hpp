// The scatter of a cell's figures: between its launches, within a launch, and whether launches fall into two
// groups.
#pragma once

#include <optional>
#include <vector>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// Between launches, as a share of their median: 1.4826 times the median distance from it. For Gaussian noise
// this is the standard deviation, and up to half of the launches may be outliers without moving it (Hampel,
// J. Am. Stat. Assoc. 69, 1974). Empty for fewer than two launches.
std::optional<double> spread_between(const std::vector<double>& times_ns);

// Within a launch, as a share of its median: the interquartile range over 1.349, which again is the standard
// deviation of Gaussian noise. It uses the times of single messages where they are timed one by one,
// otherwise the windows' times per message, each a mean over many. Empty for fewer than 40 messages or 9
// windows.
std::optional<double> spread_within(Pattern pattern, const Measurement& measurement);

// Fewer launches are never bimodal.
inline constexpr std::size_t kFewestForModes = 6;

// The critical ratio of the distance between two groups to the standard deviation within them (pooled, n - 2
// degrees of freedom): the best split of n values of one Gaussian mode exceeds it in one case of a hundred,
// by simulation. Throws std::invalid_argument if n is below kFewestForModes.
double critical_separation(std::size_t n);

// Whether the times of a cell's launches fall into two modes, which the median hides. The logarithms are
// split where that separates them best, with at least two on either side; the groups have to be further apart
// than critical_separation() and than 5 %. The deviation within them is taken to be at least the rounding
// error of a histogram bucket or a nanosecond, so rounding does not turn times of a few nanoseconds into two
// modes.
bool is_bimodal(const std::vector<double>& times_ns);

}  // namespace ipcbench
