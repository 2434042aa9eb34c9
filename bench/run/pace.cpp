#include "bench/run/pace.hpp"

#include <algorithm>
#include <utility>

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

constexpr double kShortest = 0.25;  // share of the wanted phases

nanoseconds scaled(nanoseconds duration, double factor) {
  return nanoseconds(static_cast<nanoseconds::rep>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

Stopwatch start_stopwatch() {
  using Clock = std::chrono::steady_clock;
  return [begin = Clock::now()] { return std::chrono::duration_cast<nanoseconds>(Clock::now() - begin); };
}

Pace::Pace(std::optional<nanoseconds> budget, LaunchPhases wanted, Stopwatch elapsed)
    : budget_(budget), wanted_(wanted), elapsed_(std::move(elapsed)) {}

void Pace::begin_round(std::size_t launches) {
  round_began_ = elapsed_();
  ++rounds_begun_;
  launches_in_round_ = launches;
  launches_begun_in_round_ = 0;
}

LaunchPhases Pace::next_launch(const LaunchPhases& own) {
  if (launches_begun_ == 1) {
    second_began_ = elapsed_();
    phases_given_ = nanoseconds::zero();
  }
  double scale = 1;
  if (budget_ && rounds_begun_ == 1) {
    const std::size_t to_come = std::max<std::size_t>(launches_in_round_ - launches_begun_in_round_, 1);
    const nanoseconds share = left() / static_cast<nanoseconds::rep>(to_come);
    const auto wanted = static_cast<double>((own.warm_up + own.timed).count());
    scale =
        std::clamp(static_cast<double>((share - overhead()).count()) / std::max(wanted, 1.0), kShortest, 1.0);
  }
  shortened_ = shortened_ || scale < 1;
  const LaunchPhases phases{scaled(own.warm_up, scale), scaled(own.timed, scale)};
  ++launches_begun_;
  ++launches_begun_in_round_;
  phases_given_ += phases.warm_up + phases.timed;
  return phases;
}

LaunchPhases Pace::repeated_launch(const LaunchPhases& own) {
  ++launches_in_round_;
  return next_launch(own);
}

bool Pace::rounds_fit(std::uint32_t rounds) const {
  if (!budget_ || rounds_begun_ == 0) return true;
  return (elapsed_() - round_began_) * static_cast<nanoseconds::rep>(rounds) <= left();
}

bool Pace::another_launch_fits() const { return !budget_ || average_launch() <= left(); }

double Pace::launches_that_fit() const {
  const auto each = static_cast<double>(average_launch().count());
  return static_cast<double>(left().count()) / std::max(each, 1.0);
}

nanoseconds Pace::time_until_done(std::size_t launches) const {
  const nanoseconds each = wanted_.warm_up + wanted_.timed + expected_overhead();
  const nanoseconds all = each * static_cast<nanoseconds::rep>(launches);
  return std::min(all, std::max(left(), nanoseconds::zero()));
}

nanoseconds Pace::average_launch() const { return wanted_.warm_up + wanted_.timed + overhead(); }

nanoseconds Pace::expected_overhead() const {
  constexpr nanoseconds::rep kWeight = 10;  // launches
  const auto known = static_cast<nanoseconds::rep>(std::max<std::size_t>(launches_begun_, 1) - 1);
  return (kUsualOverhead * kWeight + overhead() * known) / (kWeight + known);
}

nanoseconds Pace::left() const { return budget_ ? *budget_ - elapsed_() : nanoseconds::max(); }

// The mean time of a launch beyond its phases. A launch counts as soon as it begins, which matters only for a
// few at the beginning. The first does not count, since it also starts what the others use.
nanoseconds Pace::overhead() const {
  if (launches_begun_ < 2) return nanoseconds::zero();
  const nanoseconds beyond = elapsed_() - second_began_ - phases_given_;
  return std::max(beyond, nanoseconds::zero()) / static_cast<nanoseconds::rep>(launches_begun_ - 1);
}

}  // namespace ipcbench
