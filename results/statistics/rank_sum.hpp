// Wilcoxon's rank sum: how far one group of values lies above another, with an interval that assumes nothing
// about the shape of the noise.
#pragma once

#include <vector>

#include "results/statistics/signed_rank.hpp"

namespace ipcbench {

// The median of all differences between a value of `after` and one of `before`, between the k-th smallest and
// the k-th largest of them, with the largest k that still reaches `wanted_confidence`, or their whole range
// where none does (Hodges and Lehmann, Ann. Math. Statist. 34, 1963; Hollander, Wolfe and Chicken,
// Nonparametric Statistical Methods, 3rd edition, section 4.3). Exact where values are continuous and the
// groups differ by a shift. Throws std::invalid_argument if a group is empty or a value is not finite.
Shift shift_between(const std::vector<double>& before, const std::vector<double>& after,
                    double wanted_confidence);

// Two-sided: how likely the groups' rank sums differ as much if all values have one distribution. Exact for
// groups of up to 400 pairs of values, where equal values count half and the sum is rounded to what is more
// likely; beyond that the normal approximation with the corrections for ties and for continuity (Hollander,
// Wolfe and Chicken, section 4.1). Throws like shift_between().
double rank_sum_p(const std::vector<double>& one, const std::vector<double>& other);

}  // namespace ipcbench
