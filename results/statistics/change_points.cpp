#include "results/statistics/change_points.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

using Series = std::vector<double>;

constexpr std::size_t kEnough = 10;  // orders as extreme as the observed one, after which p is known well
constexpr double kShareOfAny = 0.25;

struct EnergySplit {
  std::size_t first_after = 0;
  double distance = 0;
};
// Among all splits, and among those with kRecent values at most after them.
struct Splits {
  EnergySplit any;
  EnergySplit recent;
};

// Finds the best splits of series of one length.
class Splitter {
 public:
  Splitter(std::size_t size, std::size_t least_segment)
      : least_(least_segment), before_(size), after_(size) {}

  Splits best(const Series& values) {
    sum_distances(values);
    const std::size_t size = values.size();
    const double total = std::accumulate(before_.begin(), before_.end(), 0.0);
    Splits best;
    double left = 0;  // the distances within the first k values, and within the others
    double right = total;
    for (std::size_t k = 1; k + least_ <= size; ++k) {
      left += before_[k - 1];
      right -= after_[k - 1];
      if (k < least_) continue;
      const auto n = static_cast<double>(k);
      const auto m = static_cast<double>(size - k);
      const double distance = 2 * (total - left - right - left * m / n - right * n / m) / (n + m);
      if (distance > best.any.distance) best.any = {k, distance};
      if (k + kRecent >= size && distance > best.recent.distance) best.recent = {k, distance};
    }
    return best;
  }

 private:
  // The distances of each value to all before it, and to all after it. Several sums side by side let the
  // compiler use vectors.
  void sum_distances(const Series& values) {
    constexpr std::size_t kLanes = 8;
    std::ranges::fill(after_, 0.0);
    for (std::size_t j = 0; j < values.size(); ++j) {
      const double value = values[j];
      std::array<double, kLanes> sums{};
      std::size_t i = 0;
      for (; i + kLanes <= j; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          const double distance = std::abs(values[i + lane] - value);
          sums[lane] += distance;
          after_[i + lane] += distance;
        }
      }
      double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
      for (; i < j; ++i) {
        sum += std::abs(values[i] - value);
        after_[i] += std::abs(values[i] - value);
      }
      before_[j] = sum;
    }
  }

  std::size_t least_;
  Series before_;
  Series after_;
};

// Both parts of a series.
struct Parts {
  Series before;
  Series after;
};
Parts parts_of(const Series& values, std::size_t first_after) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(first_after);
  return {{values.begin(), middle}, {middle, values.end()}};
}

// What is left of the values without the levels of both parts.
Series residuals_of(const Series& values, std::size_t first_after) {
  using boost::math::statistics::mean;
  const auto [before, after] = parts_of(values, first_after);
  const double levels[] = {mean(before), mean(after)};
  Series residuals = values;
  for (std::size_t i = 0; i < residuals.size(); ++i) residuals[i] -= levels[i < first_after ? 0 : 1];
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

// The mean square of the differences between values so many places apart, without the greatest tenth, which
// a few changes of level would dominate.
double mean_square_difference(const Series& values, std::size_t apart) {
  constexpr double kKept = 0.9;
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

// Student's t of the two parts, two-sided, times the splits that were possible. Correlated neighbours raise
// the variance of a mean by (1 + r) / (1 - r).
double tail_p(const Series& values, const EnergySplit& split, double memory, std::size_t splits) {
  const auto [before, after] = parts_of(values, split.first_after);
  const double freedom = static_cast<double>(values.size()) - 2;
  double squares = 0;
  for (const double residual : residuals_of(values, split.first_after)) squares += residual * residual;
  const double reciprocal = 1 / static_cast<double>(before.size()) + 1 / static_cast<double>(after.size());
  const double error = std::sqrt(squares / freedom * reciprocal * (1 + memory) / (1 - memory));
  using boost::math::statistics::mean;
  const double step = std::abs(mean(after) - mean(before));
  if (error == 0) return step > 0 ? 0 : 1;
  const boost::math::students_t_distribution<double> t(freedom);
  return 2 * static_cast<double>(splits) * boost::math::cdf(boost::math::complement(t, step / error));
}

// How many orders have a split that is as far apart as the observed one, among `splits` of them.
class Exceedances {
 public:
  // Equal up to rounding: the same parts in another order.
  Exceedances(const EnergySplit& observed, std::size_t splits)
      : observed_(observed), as_far_(observed.distance * (1 - 1e-9)), splits_(splits) {}

  [[nodiscard]] bool is_known() const { return extreme_ == kEnough; }

  void count(const EnergySplit& other, std::size_t order) {
    if (is_known() || other.distance < as_far_) return;
    ++extreme_;
    last_ = order;
  }

  [[nodiscard]] double p(const Series& values, double memory, std::size_t permutations) const {
    if (observed_.first_after == 0) return 1;
    if (is_known()) return static_cast<double>(kEnough) / static_cast<double>(last_);
    const double p = static_cast<double>(extreme_ + 1) / static_cast<double>(permutations + 1);
    return extreme_ > 0 ? p : std::min(p, tail_p(values, observed_, memory, splits_));
  }

 private:
  EnergySplit observed_;
  double as_far_;
  std::size_t splits_;
  std::size_t extreme_ = 0;
  std::size_t last_ = 0;  // the order that was the last of them
};

void search_within(const Series& values, std::size_t offset, const ChangeSearch& search,
                   std::vector<LevelChange>& found) {
  const LevelChange change = likeliest_change(values, search);
  if (change.first_after == 0 || change.p > search.level) return;
  const auto [before, after] = parts_of(values, change.first_after);
  search_within(before, offset, search, found);
  found.push_back({offset + change.first_after, change.p});
  search_within(after, offset + change.first_after, search, found);
}

}  // namespace

LevelChange likeliest_change(const Series& values, const ChangeSearch& search) {
  if (values.size() < 2 * search.least_segment || values.size() < 2) return {};
  require_finite(values);
  Splitter splitter(values.size(), search.least_segment);
  const Splits observed = splitter.best(values);
  if (observed.any.first_after == 0) return {};
  const Series residuals = residuals_of(values, observed.any.first_after);
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
  const double of_recent = recent.p(values, memory, search.permutations) / (1 - kShareOfAny);
  if (of_recent < of_any) return {observed.recent.first_after, std::min(1.0, of_recent)};
  return {observed.any.first_after, std::min(1.0, of_any)};
}

std::vector<LevelChange> level_changes(const Series& values, const ChangeSearch& search) {
  std::vector<LevelChange> found;
  search_within(values, 0, search, found);
  return found;
}

}  // namespace ipcbench
