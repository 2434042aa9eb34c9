#include "harness/loops/pacing.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <array>

namespace ipcbench {

std::uint64_t count_due(Schedule schedule, std::uint64_t duration_ns) {
  std::uint64_t count = 0;
  while (schedule.next_ns() < duration_ns) ++count;
  return std::max<std::uint64_t>(count, 1);
}

void fill_due(Schedule schedule, std::span<std::uint64_t> due_ns) {
  std::ranges::generate(due_ns, [&] { return schedule.next_ns(); });
}

// The longest is left out: it may have met something rare, and the pacer would then spin much too long.
std::uint64_t measure_wake_up_ns(std::uint64_t sleep_ns) {
  constexpr unsigned long kFinestSlackNs = 1;  // the default of 50 us would lengthen every sleep
  prctl(PR_SET_TIMERSLACK, kFinestSlackNs, 0, 0, 0);
  std::array<std::uint64_t, 24> late_ns;
  for (std::uint64_t& late : late_ns) {
    const std::uint64_t due_ns = now_ns() + sleep_ns;
    MonotonicClock::sleep_until(due_ns);
    const std::uint64_t woken_ns = now_ns();
    late = woken_ns > due_ns ? woken_ns - due_ns : 0;
  }
  std::ranges::sort(late_ns);
  return std::min(late_ns[late_ns.size() - 2], kEarliestWakeUpNs);
}

}  // namespace ipcbench
