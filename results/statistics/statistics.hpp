// Statistics of a handful of launches, without assumptions about the shape of the noise.
#pragma once

#include <vector>

namespace ipcbench {

// A median with an interval that covers the true median with the stated confidence.
struct Estimate {
  double median = 0;
  double low = 0;
  double high = 0;
  double confidence = 0;  // reached by the interval, 0 to 1; below 0.95 when launches are few
};

// Throws std::invalid_argument if there are no values or one is not finite.
void require_finite(const std::vector<double>& values);

// The middle value, or the mean of the two middle ones. Throws like require_finite().
double median(std::vector<double> values);

// The median and its distribution-free interval [x(k), x(n+1-k)] between order statistics, with the
// largest k that still reaches `wanted_confidence`; k = 1, the whole range, where none does. It covers the
// true median with probability 1 - 2 P(B < k), B binomial with n trials of 1/2, whatever the distribution
// (David and Nagaraja, Order Statistics, 3rd edition, section 7.1). So one value has confidence 0 and no
// width, three reach 75 %, five 93.75 %, and six, the fewest for 95 %, 96.9 %.
// Throws like require_finite().
Estimate estimate_median(std::vector<double> values, double wanted_confidence = 0.95);

}  // namespace ipcbench
