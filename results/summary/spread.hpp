// How the figures of a cell scatter: between its launches, within one, and whether they fall into two groups.
#pragma once

#include <optional>
#include <vector>

#include "harness/base/measurement.hpp"

namespace ipcbench {

// Between launches, as a share of their median: 1.4826 times the median distance from it, which is the
// standard deviation where noise is Gaussian and ignores up to half of the launches where they are outliers
// (Hampel, J. Am. Stat. Assoc. 69, 1974). Empty for fewer than two launches.
std::optional<double> spread_between(const std::vector<double>& times_ns);

// Within a launch, as a share of its median: the distance of the quartiles over 1.349, which again is the
// standard deviation of Gaussian noise. Where messages are timed one by one, of those times, if there are 40
// or more; otherwise of the windows' times per message, each of which is a mean over many, if there are nine
// or more. Empty if not.
std::optional<double> spread_within(Pattern pattern, const Measurement& measurement);

// Fewer launches are never called bimodal.
inline constexpr std::size_t kFewestForModes = 6;

// The ratio of the distance of two groups to the standard deviation within them (pooled, n - 2 degrees of
// freedom) that the best split of n values of one Gaussian mode exceeds in one case of a hundred. By
// simulation; n is kFewestForModes or more.
double critical_separation(std::size_t n);

// Whether the times of a cell's launches fall into two modes, which the median hides: the logarithms,
// split in two where that parts them best, at least two to either side, are further apart than
// critical_separation() and than 5 %. A deviation within them below what a histogram's bucket or a nanosecond
// hides counts as that, so that times of few nanoseconds are not two modes because of rounding.
bool is_bimodal(const std::vector<double>& times_ns);

}  // namespace ipcbench
