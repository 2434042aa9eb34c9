// Tests of one level against another, by ranks: nothing is assumed about the shape of the noise.
#pragma once

#include <cstddef>
#include <vector>

namespace ipcbench {

// Two-sided p value of the rank-sum test that `a` and `b` lie at one level: exact without ties and up to 50
// values each, otherwise the normal approximation with corrections for ties and continuity (Mann and Whitney,
// Ann. Math. Statist. 18, 1947). 1 if one of them is empty.
double rank_sum_p(const std::vector<double>& a, const std::vector<double>& b);

// Two-sided p value of Kendall's tau between the values and their order, the test of Mann and Kendall for a
// trend: exact without ties and up to 50 values, otherwise the normal approximation with its correction for
// ties (Kendall, Rank Correlation Methods, 4th edition, sections 4 and 5). 1 for fewer than two values.
double trend_p(const std::vector<double>& values);

// The slope per place that the median of all pairs has (Sen, J. Am. Stat. Assoc. 63, 1968). Throws
// std::invalid_argument for fewer than two values.
double theil_sen_slope(const std::vector<double>& values);

// The place before which the level changed, if it changed once, and its two-sided p value by the bound
// 2 exp(-6 K^2 / (n^3 + n^2)), which is above the true one where it is small (Pettitt, Applied Statistics 28,
// 1979). The first of several equally likely places; 0 and p = 1 for fewer than two values.
struct ChangePoint {
  std::size_t place = 0;  // of the first value behind the change
  double p = 1;
};
ChangePoint change_point(const std::vector<double>& values);

}  // namespace ipcbench
