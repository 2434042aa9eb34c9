#include "results/statistics/two_stage_power.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/owens_t.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "results/statistics/signed_rank.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kSamples = 400;
constexpr std::size_t kSampledUpTo = 50;
constexpr double kNever = std::numeric_limits<double>::infinity();

// The share of a standard normal distribution below z.
double normal_share(double z) { return boost::math::cdf(boost::math::normal_distribution<double>(), z); }

// The same numbers with every standard library.
class Normals {
 public:
  explicit Normals(std::size_t seed) : bits_(seed) {}
  // Box and Muller.
  double next() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }

 private:
  double uniform() { return (static_cast<double>(bits_() >> 11U) + 0.5) / 9007199254740992.0; }
  std::mt19937_64 bits_;
};

// Of one sample of standard noise: the shift from which the test passes, and the centre.
struct Sampled {
  double needed = 0;
  double centre = 0;
};
using Samples = std::vector<Sampled>;

// Adds a sample and its mirror image, so that the centres are exactly balanced. With W of at least
// `rank_sum`, that many of the means of two values are above 0.
void add_sample(Samples& samples, std::size_t blocks, std::size_t rank_sum, Normals& normals) {
  std::vector<double> values(blocks);
  for (double& value : values) value = normals.next();
  std::vector<double> means;
  means.reserve(blocks * (blocks + 1) / 2);
  for (std::size_t i = 0; i < blocks; ++i) {
    for (std::size_t j = i; j < blocks; ++j) means.push_back((values[i] + values[j]) / 2);
  }
  std::ranges::sort(means);
  const double centre = means[means.size() / 2];
  samples.push_back({rank_sum == 0 ? -kNever : -means[means.size() - rank_sum], centre});
  samples.push_back({rank_sum == 0 ? -kNever : means[rank_sum - 1], -centre});
}

Samples make_samples(std::size_t blocks, std::size_t rank_sum) {
  Normals normals(blocks);
  Samples samples;
  while (samples.size() < kSamples) add_sample(samples, blocks, rank_sum, normals);
  return samples;
}

// Made once for each pair, since every cell of a comparison has the same few.
const Samples& samples_of(std::size_t blocks, std::size_t rank_sum) {
  static std::mutex access;
  static std::map<std::pair<std::size_t, std::size_t>, Samples> known;
  const std::lock_guard lock(access);
  const auto [entry, is_new] = known.try_emplace({blocks, rank_sum});
  if (is_new) entry->second = make_samples(blocks, rank_sum);
  return entry->second;
}

// The chance that the sum of ranks of Gaussian values with this centre, in standard deviations, reaches
// `rank_sum`: normal with Lehmann's mean and variance (Nonparametrics, 1975, section 4.2). `first` is the
// chance that a value is above 0, `sum` that the sum of two is, `both` that the sums with two others are.
double rank_sum_power(double centre, double blocks, double rank_sum) {
  const double height = std::numbers::sqrt2 * centre;
  const double first = normal_share(centre);
  const double sum = normal_share(height);
  const double both = sum - 2 * boost::math::owens_t(height, 1 / std::numbers::sqrt3);
  const double value_and_sum = (first * first + sum) / 2;
  const double pairs = blocks * (blocks - 1) / 2;
  const double mean = blocks * first + pairs * sum;
  const double variance = blocks * first * (1 - first) + pairs * sum * (1 - sum) +
                          4 * pairs * (value_and_sum - first * sum) +
                          2 * pairs * (blocks - 2) * (both - sum * sum);
  return normal_share((mean - rank_sum + 0.5) / std::sqrt(std::max(variance, 1e-9)));
}

// With many blocks, test and centre hardly ever disagree: the stricter one decides.
double power_of_many(double shift, double sd, const Stage& stage, std::size_t rank_sum) {
  const auto blocks = static_cast<double>(stage.blocks);
  const double error = sd * std::sqrt(std::numbers::pi / 3 / blocks);
  return std::min(rank_sum_power(shift / sd, blocks, static_cast<double>(rank_sum)),
                  normal_share((shift - stage.least) / error));
}

}  // namespace

double stage_power(double shift, double sd, const Stage& stage) {
  const std::size_t rank_sum = critical_rank_sum(stage.blocks, stage.p);
  if (rank_sum > stage.blocks * (stage.blocks + 1) / 2) return 0;
  if (sd <= 0) return shift >= stage.least ? 1 : 0;
  if (stage.blocks > kSampledUpTo) return power_of_many(shift, sd, stage, rank_sum);
  const Samples& samples = samples_of(stage.blocks, rank_sum);
  const auto passing = std::ranges::count_if(samples, [&](const Sampled& sample) {
    return shift >= sd * sample.needed && shift + sd * sample.centre >= stage.least;
  });
  return static_cast<double>(passing) / static_cast<double>(kSamples);
}

double detectable_shift(double power, double sd, const Stage& first, const Stage& second) {
  if (!std::isfinite(sd)) return kNever;
  const auto suffices = [&](double shift) {
    return stage_power(shift, sd, first) * stage_power(shift, sd, second) >= power;
  };
  double high = std::max({first.least, second.least, sd}) * 16;
  if (!suffices(high)) return kNever;
  double low = 0;
  constexpr int kHalvings = 24;  // to a millionth
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (suffices(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace ipcbench
