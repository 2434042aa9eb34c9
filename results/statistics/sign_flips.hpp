// Many hypotheses tested at once by flipping signs: what differs between two sides that are the same is as
// likely to have the other sign, in all cells of a block together. So the flips keep whatever ties the cells
// of a block to one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ipcbench {

// One sign for each block, many times over: every combination for up to 14 blocks, else random ones.
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

// The differences of one hypothesis, one for each block; NaN where the block has none. Above 0 is what is
// tested for.
using Differences = std::vector<double>;

// For each hypothesis the one-sided p value corrected for all of them, by the step-down maximum of
// standardised signed-rank sums (Westfall and Young, Resampling-Based Multiple Testing, 1993, algorithm 4.1):
// the probability that none of the true hypotheses gets one of at most alpha is at least 1 - alpha, whatever
// the others are. All have flips.blocks() entries.
std::vector<double> step_down_p(const std::vector<Differences>& hypotheses, const SignFlips& flips);

// Holm's correction, for p values that have only themselves in common: valid under any dependence (Scand. J.
// Statist. 6, 1979).
std::vector<double> holm_p(const std::vector<double>& p);

// Which p values are discoveries at a false-discovery rate of `rate` (Benjamini and Hochberg, J. R. Statist.
// Soc. B 57, 1995).
std::vector<bool> discoveries(const std::vector<double>& p, double rate);

}  // namespace ipcbench
