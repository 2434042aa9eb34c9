// Waiting for the time at which a message is due.
#pragma once

#include <sys/prctl.h>

#include <ctime>

#include "harness/base/clock.hpp"
#include "harness/loops/schedule.hpp"
#include "harness/loops/wait.hpp"

namespace ipcbench {

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
