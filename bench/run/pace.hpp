// Keeps a run within its budget: decides whether another round fits, and how long a launch may take.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace ipcbench {

// Time since the run began.
using Stopwatch = std::function<std::chrono::nanoseconds()>;
Stopwatch start_stopwatch();

// What a launch usually takes beyond its phases, for estimates before any launch: 28 ms on a small virtual
// machine, as the mean over the 11,726 launches of a standard run.
inline constexpr auto kUsualOverhead = std::chrono::milliseconds(30);

struct LaunchPhases {
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
};

class Pace {
 public:
  // Without a budget there is always time. `wanted`: the phases of an average launch.
  Pace(std::optional<std::chrono::nanoseconds> budget, LaunchPhases wanted, Stopwatch elapsed);

  // Begins a round of `launches` launches; the one before has ended.
  void begin_round(std::size_t launches);
  // The phases of the next launch of the round. They are shorter than wanted only if the first round would
  // not fit otherwise, so that a slow machine gets a number for every cell before it gets precise ones. Never
  // below a quarter.
  LaunchPhases next_launch() { return next_launch(wanted_); }
  // The same for a launch that wants phases of its own.
  LaunchPhases next_launch(const LaunchPhases& own);
  // The same for a launch of the round that has to be made once more.
  LaunchPhases repeated_launch(const LaunchPhases& own);

  // Whether so many rounds like the last one would end within the budget. True before the first one.
  [[nodiscard]] bool rounds_fit(std::uint32_t rounds) const;
  // Whether one more launch of average length would end within the budget.
  [[nodiscard]] bool another_launch_fits() const;
  // How many more launches of average length would end within the budget.
  [[nodiscard]] double launches_that_fit() const;
  // Whether the budget is used up.
  [[nodiscard]] bool out_of_time() const { return left() <= std::chrono::nanoseconds::zero(); }
  // Whether next_launch() ever shortened the phases.
  [[nodiscard]] bool shortened() const { return shortened_; }
  // Estimated time until `launches` more have ended, or the budget has. The first launches weigh little
  // beside kUsualOverhead.
  [[nodiscard]] std::chrono::nanoseconds time_until_done(std::size_t launches) const;

 private:
  [[nodiscard]] std::chrono::nanoseconds left() const;  // remaining budget
  [[nodiscard]] std::chrono::nanoseconds average_launch() const;
  [[nodiscard]] std::chrono::nanoseconds overhead() const;
  [[nodiscard]] std::chrono::nanoseconds expected_overhead() const;

  std::optional<std::chrono::nanoseconds> budget_;
  LaunchPhases wanted_;
  Stopwatch elapsed_;
  std::size_t rounds_begun_ = 0;
  std::size_t launches_in_round_ = 0;
  std::chrono::nanoseconds round_began_{};
  std::size_t launches_begun_ = 0;
  std::chrono::nanoseconds second_began_{};
  std::chrono::nanoseconds phases_given_{};  // to the second launch and those after it
  std::size_t launches_begun_in_round_ = 0;
  bool shortened_ = false;
};

}  // namespace ipcbench
