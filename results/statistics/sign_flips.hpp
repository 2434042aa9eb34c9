// Tests many hypotheses at once by flipping signs. If two sides are the same, the differences in a block are
// as likely to have the opposite signs, in all of its cells together. Flipping whole blocks keeps the
// dependence between the cells of a block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ipcbench {

// Vectors of one sign per block: every combination for up to 14 blocks, random ones for more.
class SignFlips {
 public:
  // Throws std::invalid_argument without blocks or, where they are random, without flips.
  SignFlips(std::size_t blocks, std::size_t random_flips, std::uint64_t seed);

  [[nodiscard]] std::size_t blocks() const { return blocks_; }
  [[nodiscard]] std::size_t count() const { return signs_.size() / blocks_; }
  [[nodiscard]] bool exhaustive() const { return exhaustive_; }
  // -1 or 1 for each block.
  [[nodiscard]] const float* signs(std::size_t flip) const { return &signs_[flip * blocks_]; }

 private:
  std::size_t blocks_;
  bool exhaustive_;
  std::vector<float> signs_;  // by flip, by block
};

// The differences of one hypothesis, one per block; NaN where the block has none. The test is for values
// above 0.
using Differences = std::vector<double>;

// For each hypothesis the one-sided p value corrected for all of them, by the step-down maximum of
// standardised signed-rank sums (Westfall and Young, Resampling-Based Multiple Testing, 1993, algorithm 4.1):
// whatever the others are, the probability that no true null hypothesis gets a value of at most alpha is at
// least 1 - alpha. Each hypothesis has flips.blocks() entries.
std::vector<double> step_down_p(const std::vector<Differences>& hypotheses, const SignFlips& flips);

// How many blocks step_down_p() needs so that the worst of `tests` hypotheses, slower in every block, gets a
// value of at most alpha. Of the 2^n signs of n blocks, each hypothesis reaches its greatest sum with one,
// and these may all differ: the least value is tests / 2^n. 0 for no tests.
std::size_t blocks_to_decide(std::size_t tests, double alpha);

// Holm's correction. It needs the p values only and is valid under any dependence (Scand. J. Statist. 6,
// 1979).
std::vector<double> holm_p(const std::vector<double>& p);

// For each p value the smallest false-discovery rate at which it is a discovery, as discoveries() decides.
std::vector<double> discovery_rates(const std::vector<double>& p);

// Which p values are discoveries at a false-discovery rate of `rate` (Benjamini and Hochberg, J. R. Statist.
// Soc. B 57, 1995).
std::vector<bool> discoveries(const std::vector<double>& p, double rate);

}  // namespace ipcbench
