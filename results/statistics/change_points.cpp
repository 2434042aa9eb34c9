#include "results/statistics/change_points.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

using Series = std::vector<double>;

constexpr std::size_t kEnough = 10;  // orders as extreme as the observed one, after which p is known well
// What each search may have of the probability of a false alarm.
constexpr double kShareOfAny = 0.2;
constexpr double kShareOfRecent = 0.75;
constexpr double kShareOfEpisodes = 0.05;

struct Split {
  std::size_t first_after = 0;
  double distance = 0;
};
// Values in a row, against all others. Of a split, those after it.
struct Stretch {
  std::size_t first = 0;
  std::size_t last = 0;  // the first one after them
  double distance = 0;

  [[nodiscard]] bool has(std::size_t i) const { return first <= i && i < last; }
};
// Among all splits, and among those with kRecent values at most after them.
struct Splits {
  Split any;
  Split recent;
};

// Finds, in series of one size, the splits and stretches whose parts are the furthest apart.
class Splitter {
 public:
  Splitter(std::size_t size, std::size_t least_segment)
      : size_(size), least_segment_(least_segment), weights_(size) {
    for (std::size_t k = 1; k < size; ++k)
      weights_[k] = 2 * static_cast<double>(size) / static_cast<double>(k * (size - k));
  }

  // With S for the sum of the first k of n values, less k times the mean of all, the means of both parts are
  // S n / (k (n - k)) apart, and their distance is 2 k (n - k) / n times the square of that: 2 n / (k (n -
  // k)) times the square of S. That spares this loop, which takes most of the time of a trend, its divisions.
  [[nodiscard]] Splits best(const Series& values) const {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(size_);
    Splits best;
    double sum = 0;
    for (std::size_t k = 1; k + least_segment_ <= size_; ++k) {
      sum += values[k - 1] - mean;
      if (k < least_segment_) continue;
      const double distance = weights_[k] * sum * sum;
      if (distance > best.any.distance) best.any = {k, distance};
      if (k + kRecent >= size_ && distance > best.recent.distance) best.recent = {k, distance};
    }
    return best;
  }

  // The same for stretches of kLeastEpisode or more with values on both sides, by the sums of what is before
  // them.
  [[nodiscard]] Stretch best_stretch(const Series& values) const {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(size_);
    Series sums(size_ + 1);
    for (std::size_t i = 0; i < size_; ++i) sums[i + 1] = sums[i] + values[i] - mean;
    Stretch best;
    for (std::size_t first = least_segment_; first + kLeastEpisode + least_segment_ <= size_; ++first) {
      for (std::size_t last = first + kLeastEpisode; last + least_segment_ <= size_; ++last) {
        const double sum = sums[last] - sums[first];
        const double distance = weights_[last - first] * sum * sum;
        if (distance > best.distance) best = {first, last, distance};
      }
    }
    return best;
  }

 private:
  std::size_t size_;
  std::size_t least_segment_;
  Series weights_;  // by k below
};

std::size_t stretches_in(std::size_t size, std::size_t least_segment) {
  const std::size_t around = 2 * least_segment + kLeastEpisode;
  if (size < around) return 0;
  const std::size_t starts = size - around + 1;
  return starts * (starts + 1) / 2;
}

// Values further from the median than kFar robust standard deviations are drawn in to that distance, so that
// a few move no mean far. They are at most a tenth of all, or three: more may be a level of their own, whose
// height counts. Every order of the values stays as likely as before.
Series drawn_in(const Series& values) {
  constexpr double kFar = 3.5;
  constexpr double kSdOfMad = 1.4826;  // of Gaussian values
  constexpr std::size_t kFew = 3;
  const double middle = median(values);
  Series deviations;
  deviations.reserve(values.size());
  for (const double value : values) deviations.push_back(std::abs(value - middle));
  const double spread = median(deviations);
  const auto kept = deviations.begin() + static_cast<std::ptrdiff_t>(std::max(kFew, values.size() / 10));
  std::ranges::nth_element(deviations, kept, std::greater());
  const double far = std::max(kFar * kSdOfMad * spread, *kept);
  Series drawn;
  drawn.reserve(values.size());
  for (const double value : values) drawn.push_back(std::clamp(value, middle - far, middle + far));
  return drawn;
}

// The values of a stretch and all others.
struct Parts {
  Series stretch;
  Series others;
};
Parts parts_of(const Series& values, const Stretch& stretch) {
  Parts parts;
  for (std::size_t i = 0; i < values.size(); ++i)
    (stretch.has(i) ? parts.stretch : parts.others).push_back(values[i]);
  return parts;
}

Stretch after(const Split& split, const Series& values) { return {split.first_after, values.size(), 0}; }

// What is left of the values without the levels of both parts.
Series residuals_of(const Series& values, const Stretch& stretch) {
  using boost::math::statistics::mean;
  const Parts parts = parts_of(values, stretch);
  const double of_stretch = mean(parts.stretch);
  const double of_others = mean(parts.others);
  Series residuals = values;
  for (std::size_t i = 0; i < residuals.size(); ++i) residuals[i] -= stretch.has(i) ? of_stretch : of_others;
  return residuals;
}

// The correlation of neighbours in the residuals, 0 to 0.95. Two fitted levels lower it by about (2 + 4 r) /
// n (Kendall, Biometrika 41, 1954, for each), which is put back.
double memory_of(const Series& residuals) {
  constexpr double kMost = 0.95;
  double squares = 0;
  double products = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    squares += residuals[i] * residuals[i];
    if (i > 0) products += residuals[i] * residuals[i - 1];
  }
  const auto n = static_cast<double>(residuals.size());
  if (squares == 0 || n <= 8) return 0;
  return std::clamp((n * products / squares + 2) / (n - 4), 0.0, kMost);
}

// The mean square of the differences between values so many places apart, without the greatest quarter, which
// a few changes of level would dominate.
double mean_square_difference(const Series& values, std::size_t apart) {
  constexpr double kKept = 0.75;
  Series squares;
  for (std::size_t i = apart; i < values.size(); ++i)
    squares.push_back(std::pow(values[i] - values[i - apart], 2));
  std::ranges::sort(squares);
  squares.resize(static_cast<std::size_t>(std::ceil(kKept * static_cast<double>(squares.size()))));
  return boost::math::statistics::mean(squares);
}

// The correlation of neighbours by the differences between them: those of next neighbours are 2 v (1 - r),
// and those over two places 2 v (1 - r^2). Further changes of level, which residuals of one split contain,
// hardly matter. The lesser of both estimates, since each is too great by chance half of the time.
double least_memory(const Series& values, const Series& residuals) {
  const double of_residuals = memory_of(residuals);
  if (of_residuals == 0) return 0;
  const double near = mean_square_difference(values, 1);
  if (near == 0) return 0;
  return std::clamp(mean_square_difference(values, 2) / near - 1, 0.0, of_residuals);
}

// Random orders of the innovations of a series, made series again.
class Orders {
 public:
  Orders(const Series& values, double memory, std::uint64_t seed)
      : memory_(memory), innovations_(values), series_(values.size()), bits_(seed) {
    if (memory_ == 0) return;
    const double level = boost::math::statistics::mean(values);
    const double start = std::sqrt(1 - memory_ * memory_);  // the first one has no neighbour before it
    innovations_[0] = (values[0] - level) * start;
    for (std::size_t i = 1; i < values.size(); ++i) {
      innovations_[i] = values[i] - level - memory_ * (values[i - 1] - level);
    }
  }

  const Series& next() {
    for (std::size_t i = innovations_.size(); i > 1; --i)
      std::swap(innovations_[i - 1], innovations_[below(i)]);
    if (memory_ == 0) return innovations_;
    double state = innovations_[0] / std::sqrt(1 - memory_ * memory_);
    series_[0] = state;
    for (std::size_t i = 1; i < series_.size(); ++i) series_[i] = state = memory_ * state + innovations_[i];
    return series_;
  }

 private:
  // The same with every standard library; the bias is below 2^-50.
  std::size_t below(std::size_t bound) {
    constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53
    return static_cast<std::size_t>(static_cast<double>(bits_() >> 11U) * kUnit * static_cast<double>(bound));
  }

  double memory_;
  Series innovations_;
  Series series_;
  std::mt19937_64 bits_;
};

// Student's t of the two parts, two-sided, times the stretches that were possible. Correlated neighbours
// raise the variance of a mean by (1 + r) / (1 - r).
double tail_p(const Series& values, const Stretch& stretch, double memory, std::size_t stretches) {
  const Parts parts = parts_of(values, stretch);
  const double freedom = static_cast<double>(values.size()) - 2;
  double squares = 0;
  for (const double residual : residuals_of(values, stretch)) squares += residual * residual;
  const double reciprocal =
      1 / static_cast<double>(parts.stretch.size()) + 1 / static_cast<double>(parts.others.size());
  const double error = std::sqrt(squares / freedom * reciprocal * (1 + memory) / (1 - memory));
  using boost::math::statistics::mean;
  const double step = std::abs(mean(parts.stretch) - mean(parts.others));
  if (error == 0) return step > 0 ? 0 : 1;
  const boost::math::students_t_distribution<double> t(freedom);
  return 2 * static_cast<double>(stretches) * boost::math::cdf(boost::math::complement(t, step / error));
}

// How many orders have a split that is as far apart as the observed one, among `splits` of them.
class Exceedances {
 public:
  // Equal up to rounding: the same parts in another order.
  Exceedances(const Split& observed, std::size_t splits)
      : observed_(observed), as_far_(observed.distance * (1 - 1e-9)), splits_(splits) {}

  [[nodiscard]] bool is_known() const { return extreme_ == kEnough; }

  void count(const Split& other, std::size_t order) {
    if (is_known() || other.distance < as_far_) return;
    ++extreme_;
    last_ = order;
  }

  [[nodiscard]] double p(const Series& values, double memory, std::size_t permutations) const {
    if (observed_.first_after == 0) return 1;
    if (is_known()) return static_cast<double>(kEnough) / static_cast<double>(last_);
    const double p = static_cast<double>(extreme_ + 1) / static_cast<double>(permutations + 1);
    return extreme_ > 0 ? p : std::min(p, tail_p(values, after(observed_, values), memory, splits_));
  }

 private:
  Split observed_;
  double as_far_;
  std::size_t splits_;
  std::size_t extreme_ = 0;
  std::size_t last_ = 0;  // the order that was the last of them
};

bool is_as_far_in_random_order(const Series& values, const Splitter& splitter, double distance, double memory,
                               std::uint64_t seed) {
  constexpr std::size_t kOrders = 999;
  const double as_far = distance * (1 - 1e-9);  // as in Exceedances
  Orders orders(values, memory, seed);
  for (std::size_t order = 0; order < kOrders; ++order) {
    if (splitter.best_stretch(orders.next()).distance >= as_far) return true;
  }
  return false;
}

// The places at which the values are parted, given the likeliest change of all of them.
std::vector<LevelChange> changes_to_part_at(const Series& values, const LevelChange& likeliest,
                                            const ChangeSearch& search) {
  if (likeliest.first_after > 0 && likeliest.p <= search.level) return {likeliest};
  const LevelEpisode episode = likeliest_episode(values, search);
  if (episode.first_after == 0 || episode.p > search.level) return {};
  return {{episode.first, episode.p}, {episode.first_after, episode.p}};
}

// Adds the sure changes, with places that count from `offset` on. Returns the likeliest change of the values.
LevelChange search_within(const Series& values, std::size_t offset, const ChangeSearch& search,
                          std::vector<LevelChange>& found) {
  const LevelChange likeliest = likeliest_change(values, search);
  std::size_t first = 0;
  const auto search_part = [&](std::size_t last) {
    const auto at = [&](std::size_t i) { return values.begin() + static_cast<std::ptrdiff_t>(i); };
    search_within({at(first), at(last)}, offset + first, search, found);
    first = last;
  };
  for (const LevelChange& change : changes_to_part_at(values, likeliest, search)) {
    search_part(change.first_after);
    found.push_back({offset + change.first_after, change.p});
  }
  if (first > 0) search_part(values.size());
  return likeliest;
}

}  // namespace

LevelChange likeliest_change(const Series& given, const ChangeSearch& search) {
  if (given.size() < 2 * search.least_segment || given.size() < 2) return {};
  require_finite(given);
  const Series values = drawn_in(given);
  const Splitter splitter(values.size(), search.least_segment);
  const Splits observed = splitter.best(values);
  if (observed.any.first_after == 0) return {};
  const Series residuals = residuals_of(values, after(observed.any, values));
  const double memory = least_memory(values, residuals);
  Orders orders(values, memory, search.seed);
  Exceedances any(observed.any, values.size() + 1 - 2 * search.least_segment);
  Exceedances recent(observed.recent,
                     std::min(kRecent, values.size() - search.least_segment) + 1 - search.least_segment);
  for (std::size_t order = 1; order <= search.permutations && !(any.is_known() && recent.is_known());
       ++order) {
    const Splits other = splitter.best(orders.next());
    any.count(other.any, order);
    recent.count(other.recent, order);
  }
  const double of_any = any.p(values, memory, search.permutations) / kShareOfAny;
  const double of_recent = recent.p(values, memory, search.permutations) / kShareOfRecent;
  if (of_recent < of_any) return {observed.recent.first_after, std::min(1.0, of_recent)};
  return {observed.any.first_after, std::min(1.0, of_any)};
}

// Random orders cost most of the time, and only a stretch that Student's t takes for one needs them.
LevelEpisode likeliest_episode(const Series& given, const ChangeSearch& search) {
  const std::size_t stretches = stretches_in(given.size(), search.least_segment);
  if (stretches == 0) return {};
  require_finite(given);
  const Series values = drawn_in(given);
  const Splitter splitter(values.size(), search.least_segment);
  const Stretch stretch = splitter.best_stretch(values);
  if (stretch.distance == 0) return {};
  const double memory = least_memory(values, residuals_of(values, stretch));
  const double p = std::min(1.0, tail_p(values, stretch, memory, stretches) / kShareOfEpisodes);
  if (p > search.level || is_as_far_in_random_order(values, splitter, stretch.distance, memory, search.seed))
    return {stretch.first, stretch.last, 1};
  return {stretch.first, stretch.last, p};
}

LevelChanges level_changes(const Series& values, const ChangeSearch& search) {
  LevelChanges changes;
  changes.likeliest = search_within(values, 0, search, changes.sure);
  return changes;
}

}  // namespace ipcbench
