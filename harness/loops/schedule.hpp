// When the messages of an open loop are due. Both ends have the same schedule, so that the intended send
// times need not travel with the messages.
#pragma once

#include <sys/prctl.h>

#include <cmath>
#include <cstdint>
#include <ctime>

#include "harness/base/axes.hpp"
#include "harness/base/clock.hpp"
#include "harness/loops/wait.hpp"

namespace ipcbench {

class Schedule {
 public:
  // Rate: messages per second on average, above 0. The same seed gives the same arrivals.
  Schedule(std::uint64_t begin_ns, double per_second, Arrivals arrivals, std::uint64_t seed)
      : due_ns_(static_cast<double>(begin_ns)),
        interval_ns_(1e9 / per_second),
        arrivals_(arrivals),
        state_(seed) {}

  // The time at which the next message is due, in nanoseconds; the first at the beginning. Never descends.
  std::uint64_t next_ns() {
    const auto due = static_cast<std::uint64_t>(due_ns_);
    due_ns_ += arrivals_ == Arrivals::constant ? interval_ns_ : random_interval_ns();
    return due;
  }

 private:
  // The times between arrivals of a Poisson process are distributed exponentially; by inversion, from a
  // number in (0, 1] (Knuth, The Art of Computer Programming, volume 2, section 3.4.1).
  double random_interval_ns() {
    constexpr double kUnit = 1.0 / (std::uint64_t{1} << 53);
    return -std::log(static_cast<double>((random() >> 11) + 1) * kUnit) * interval_ns_;
  }

  // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, fast, and the same everywhere.
  std::uint64_t random() {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  double due_ns_;  // exact to a microsecond's 2^-12 for uptimes of a year
  double interval_ns_;
  Arrivals arrivals_;
  std::uint64_t state_;
};

// Under `spin` it watches the clock; under every other strategy the thread sleeps, as a program would that
// has nothing to do before then.
template <Wait W>
class Pacer {
 public:
  explicit Pacer(bool shares_cpu) : waiter_(shares_cpu) {
    constexpr unsigned long kFinestSlackNs = 1;  // the default of 50 us would come on top of every wait
    prctl(PR_SET_TIMERSLACK, kFinestSlackNs, 0, 0, 0);
  }

  // Returns the time, at or after `due_ns`.
  std::uint64_t wait_until(std::uint64_t due_ns) const {
    std::uint64_t now = now_ns();
    while (now < due_ns) {
      if constexpr (W == Wait::spin) {
        waiter_.relax();
      } else {
        const timespec due{static_cast<time_t>(due_ns / 1'000'000'000),
                           static_cast<long>(due_ns % 1'000'000'000)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
      }
      now = now_ns();
    }
    return now;
  }

 private:
  Waiter<W> waiter_;
};

}  // namespace ipcbench
