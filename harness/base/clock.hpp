// The one clock of all measurements, and the cost of reading it.
#pragma once

#include <cstdint>
#include <ctime>
#include <vector>

namespace ipcbench {

namespace detail {
inline std::uint64_t read_clock_ns(clockid_t id) noexcept {
  timespec time;
  ::clock_gettime(id, &time);  // cannot fail for the clocks used here
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}
}  // namespace detail

// Nanoseconds of CLOCK_MONOTONIC: one clock for all processes of the machine, read through the vDSO
// without a system call wherever the clock source allows it.
inline std::uint64_t now_ns() noexcept { return detail::read_clock_ns(CLOCK_MONOTONIC); }

// CPU time of the calling thread in nanoseconds, user and system. A system call: too slow between messages.
inline std::uint64_t thread_cpu_ns() noexcept { return detail::read_clock_ns(CLOCK_THREAD_CPUTIME_ID); }

// The clock of the timed loops as a type, so that a test can put one of its own in its place.
struct MonotonicClock {
  static std::uint64_t now_ns() noexcept { return ipcbench::now_ns(); }
  // May return too early, if a signal arrives.
  static void sleep_until(std::uint64_t due_ns) noexcept {
    const timespec due{static_cast<time_t>(due_ns / 1'000'000'000),
                       static_cast<long>(due_ns % 1'000'000'000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
  }
  static std::uint64_t thread_cpu_ns() noexcept { return ipcbench::thread_cpu_ns(); }
};

// How long the machine has been asleep (suspended to memory or disk) since its start: CLOCK_BOOTTIME counts
// that time, CLOCK_MONOTONIC does not (clock_getres(2)).
std::uint64_t asleep_so_far_ns();

// How long the machine slept between two such readings; 0 if the readings alone may explain the difference.
constexpr std::uint64_t slept_ns(std::uint64_t before_ns, std::uint64_t after_ns) {
  constexpr std::uint64_t kShortestSleepNs = 10'000'000;
  return after_ns > before_ns + kShortestSleepNs ? after_ns - before_ns : 0;
}

struct ClockFacts {
  double cost_ns = 0;        // one call of now_ns(), median over batches
  double resolution_ns = 0;  // the step in which it advances
};

// Reads the clock some 200,000 times (10 ms where a reading costs 25 ns).
ClockFacts measure_clock();

// Of this process's first call of measure_clock().
const ClockFacts& clock_facts();

// The step in which a clock advances: the greatest common divisor of the differences between its readings
// (one at least, none of them 0). A clock that is slewed to keep time makes steps of 10.02 ns, say, so that 6
// of 100 differences are 1 ns more than a multiple of 10. One in a hundred may be anything.
std::uint64_t common_step_ns(const std::vector<std::uint64_t>& differences_ns);

}  // namespace ipcbench
