// Wilcoxon's signed ranks: the centre of paired differences, its interval and its test. They are exact for
// any symmetric noise, and outliers or a second mode hardly move them.
#pragma once

#include <cstddef>
#include <vector>

namespace ipcbench {

// The centre of differences with an interval.
struct Shift {
  double estimate = 0;
  double low = 0;
  double high = 0;
  double confidence = 0;  // reached by the interval, 0 to 1; 0 if there is only one value
};

// The median of all means of two values (a value paired with itself included): 95 % as efficient as the mean
// under Gaussian noise, and unmoved by up to 29 % of outliers (Hodges and Lehmann, Ann. Math. Statist. 34,
// 1963). Throws std::invalid_argument if there are no values or one is not finite.
double hodges_lehmann(const std::vector<double>& values);

// The same with the interval that inverts the signed-rank test: between the k-th smallest and the k-th
// largest mean of two values, with the largest k that still reaches `wanted_confidence`, or their whole range
// where none does (fewer than 6 values, for 95 %). Exact where values are continuous and symmetric
// (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd edition, section 3.3).
Shift estimate_shift(const std::vector<double>& values, double wanted_confidence);

// P(W >= observed) if each value were as likely to have the opposite sign: one-sided, small if the values are
// above 0. W is the sum of the ranks of the absolute values of those above 0; equal ones share their mean
// rank, zeros are left out. Exact for up to 50 values, beyond that the normal approximation without
// continuity correction. 1 for no values.
double signed_rank_p(const std::vector<double>& values);

// The smallest sum of ranks W of n distinct values with P(W >= w) of at most p: exact for up to 50 values,
// beyond that from the normal approximation. One more than the greatest sum, n (n + 1) / 2, where none is so
// rare.
std::size_t critical_rank_sum(std::size_t n, double p);

// The mean ranks of the absolute values, each with its value's sign; 0 for zeros and for NaN (missing).
std::vector<double> signed_ranks(const std::vector<double>& values);

}  // namespace ipcbench
