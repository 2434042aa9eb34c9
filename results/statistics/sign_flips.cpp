#include "results/statistics/sign_flips.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

#include "results/statistics/signed_rank.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kExhaustiveUpTo = 14;
// In exact arithmetic, many flips have the same sum. This tolerance is far below the step between different
// sums.
constexpr float kRounding = 1e-4F;

// Signed ranks over the root of their sum of squares, so that each hypothesis has variance 1 under the flips.
// They are stored by block, then by hypothesis, so that the sums of a flip walk along rows.
class Scores {
 public:
  explicit Scores(const std::vector<Differences>& hypotheses, std::size_t blocks)
      : count_(hypotheses.size()), scores_(blocks * count_), sums_(count_) {
    for (std::size_t h = 0; h < count_; ++h) {
      if (hypotheses[h].size() != blocks) throw std::invalid_argument("a hypothesis with other blocks");
      const std::vector<double> ranks = signed_ranks(hypotheses[h]);
      const double squares = std::inner_product(ranks.begin(), ranks.end(), ranks.begin(), 0.0);
      if (squares == 0) continue;
      for (std::size_t b = 0; b < blocks; ++b) {
        scores_[b * count_ + h] = static_cast<float>(ranks[b] / std::sqrt(squares));
      }
    }
  }

  // Valid until the next call.
  const std::vector<float>& sums(const float* signs) {
    std::ranges::fill(sums_, 0.0F);
    const std::size_t blocks = count_ == 0 ? 0 : scores_.size() / count_;
    for (std::size_t b = 0; b < blocks; ++b) {
      const float sign = signs[b];
      const float* row = &scores_[b * count_];
      for (std::size_t h = 0; h < count_; ++h) sums_[h] += sign * row[h];
    }
    return sums_;
  }

 private:
  std::size_t count_;
  std::vector<float> scores_;
  std::vector<float> sums_;
};

template <class Value>
std::vector<std::size_t> descending(const std::vector<Value>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return values[i]; });
  return order;
}

}  // namespace

SignFlips::SignFlips(std::size_t blocks, std::size_t random_flips, std::uint64_t seed)
    : blocks_(blocks), exhaustive_(blocks <= kExhaustiveUpTo) {
  if (blocks == 0) throw std::invalid_argument("no blocks to flip the signs of");
  if (!exhaustive_ && random_flips == 0) throw std::invalid_argument("no sign flips are asked for");
  const std::size_t count = exhaustive_ ? std::size_t{1} << blocks : random_flips;
  signs_.resize(count * blocks);
  // The generator is defined by the standard, the distributions of <random> are not.
  std::mt19937_64 random(seed);
  for (std::size_t flip = 0; flip < count; ++flip) {
    std::uint64_t bits = exhaustive_ ? flip : random();
    for (std::size_t block = 0; block < blocks; ++block) {
      if (!exhaustive_ && block % 64 == 0 && block > 0) bits = random();
      signs_[flip * blocks + block] = (bits >> (block % 64) & 1U) != 0 ? -1.0F : 1.0F;
    }
  }
}

std::vector<double> step_down_p(const std::vector<Differences>& hypotheses, const SignFlips& flips) {
  const std::size_t count = hypotheses.size();
  Scores scores(hypotheses, flips.blocks());
  const std::vector<float> none(flips.blocks(), 1.0F);
  const std::vector<float> observed = scores.sums(none.data());
  const std::vector<std::size_t> order = descending(observed);
  std::vector<std::size_t> as_large(
      count);  // flips whose maximum over this and all less extreme reaches this
  for (std::size_t flip = 0; flip < flips.count(); ++flip) {
    const std::vector<float>& sums = scores.sums(flips.signs(flip));
    float largest = -INFINITY;
    for (std::size_t place = count; place-- > 0;) {
      largest = std::max(largest, sums[order[place]]);
      if (largest >= observed[order[place]] - kRounding) ++as_large[order[place]];
    }
  }
  // Random flips do not include the observed signs, which are as likely as any others and count as one more.
  const std::size_t extra = flips.exhaustive() ? 0 : 1;
  std::vector<double> p(count);
  double before = 0;
  for (const std::size_t h : order) {
    before = std::max(before,
                      static_cast<double>(as_large[h] + extra) / static_cast<double>(flips.count() + extra));
    p[h] = before;
  }
  return p;
}

std::size_t blocks_to_decide(std::size_t tests, double alpha) {
  if (tests == 0) return 0;
  return static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(tests) / alpha)));
}

std::vector<double> holm_p(const std::vector<double>& p) {
  const std::vector<std::size_t> falling = descending(p);
  std::vector<double> adjusted(p.size());
  double before = 0;
  for (std::size_t place = 0; place < p.size(); ++place) {
    const std::size_t i = falling[p.size() - 1 - place];
    before = std::max(before, std::min(1.0, static_cast<double>(p.size() - place) * p[i]));
    adjusted[i] = before;
  }
  return adjusted;
}

std::vector<double> discovery_rates(const std::vector<double>& p) {
  std::vector<double> rates(p.size());
  double least = 1;
  std::size_t rank = p.size();
  for (const std::size_t i : descending(p)) {
    least = std::min(least, p[i] * static_cast<double>(p.size()) / static_cast<double>(rank--));
    rates[i] = least;
  }
  return rates;
}

std::vector<bool> discoveries(const std::vector<double>& p, double rate) {
  const std::vector<std::size_t> falling = descending(p);
  std::vector<bool> discovered(p.size(), false);
  bool found = false;
  for (std::size_t place = 0; place < p.size(); ++place) {
    const auto rank = static_cast<double>(p.size() - place);
    found = found || p[falling[place]] <= rate * rank / static_cast<double>(p.size());
    discovered[falling[place]] = found;
  }
  return discovered;
}

}  // namespace ipcbench
