// Where the level of a series changed, and how often: E-divisive (Matteson and James, J. Am. Statist. Assoc.
// 109, 2014), for the sessions of one cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ipcbench {

struct ChangeSearch {
  std::size_t least_segment = 3;     // values before and after a change
  double level = 2.5e-4;             // a split with a greater p is none; TREND.md has what it costs
  std::size_t permutations = 9'999;  // at most: p goes down to 1 / 10,000 by permutation
  std::uint64_t seed = 1;
};

inline constexpr std::size_t kRecent = 8;

struct LevelChange {
  std::size_t first_after = 0;  // the first value after the change; 0: too few values to look for one
  double p = 1;                 // two-sided, for the hypothesis that the level never changed
};

// The split of values (of logarithms, since differences are compared) whose parts are the furthest apart by
// energy distance with exponent 2, weighted by their sizes ("E-divisive means"):
//   n m / (n + m) * 2 (mean(x) - mean(y))^2
// A tenth of the values, or three, count as if they were within 3.5 robust standard deviations of the median.
// p is the share of random orders of the values whose best split is as far apart. Ordinary values stop after
// ten such orders, with 10 / orders (Besag and Clifford, Biometrika 78, 1991). If none of them is, p is that
// of Student's t of the two parts times the splits that were possible (Bonferroni), but at most 1 /
// (permutations + 1): the correction over thousands of cells asks for p that no affordable number of
// permutations reaches.
//
// Splits with at most kRecent values after them are tested a second time among themselves, so that a change
// is found soon, with three quarters of the probability of a false alarm: p is the lesser of 5 times that of
// all splits and 4/3 times that of the recent ones. A twentieth is left to likeliest_episode().
//
// The orders of a series that wanders are not equally likely. Permuted are the innovations of an
// autoregression of order 1, fitted to what the split leaves; without a positive correlation between
// neighbours these are the values themselves, and the test is exact.
LevelChange likeliest_change(const std::vector<double>& values, const ChangeSearch& search = {});

// A level that held for a while, with another one before and after it.
struct LevelEpisode {
  std::size_t first = 0;
  std::size_t first_after = 0;  // 0: too few values
  double p = 1;                 // as in LevelChange
};

inline constexpr std::size_t kLeastEpisode = 5;

// The values in a row that are the furthest apart from all others, which are search.least_segment or more on
// either side (circular binary segmentation: Olshen, Venkatraman, Lucito and Wigler, Biostatistics 5, 2004).
// One split hardly sees them, for either of its parts contains some of the level before. p is 20 times that
// of Student's t with Bonferroni's correction, if none of 999 random orders has values in a row that are as
// far apart; otherwise 1.
LevelEpisode likeliest_episode(const std::vector<double>& values, const ChangeSearch& search = {});

struct LevelChanges {
  // With p <= search.level, ascending: the likeliest one, or else both ends of the likeliest episode, and
  // those within the parts in the same way.
  std::vector<LevelChange> sure;
  LevelChange likeliest;  // of all the values: likeliest_change()
};
LevelChanges level_changes(const std::vector<double>& values, const ChangeSearch& search = {});

}  // namespace ipcbench
