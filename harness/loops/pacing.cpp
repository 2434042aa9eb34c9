#include "harness/loops/pacing.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <array>

namespace ipcbench {

LinkSchedule::LinkSchedule(const std::vector<Schedule>& streams) {
  for (Schedule schedule : streams) {
    const std::uint64_t first_ns = schedule.next_ns();
    streams_.push_back({schedule, first_ns});
  }
}

LinkSchedule::Arrival LinkSchedule::next() {
  const auto first = std::ranges::min_element(streams_, {}, &Stream::due_ns);
  const Arrival arrival{first->due_ns, static_cast<std::uint8_t>(first - streams_.begin())};
  first->due_ns = first->schedule.next_ns();
  return arrival;
}

LinkSchedule schedule_of(const OfferedLoad& load, double per_second, std::uint64_t seed) {
  if (load.mix.empty()) return LinkSchedule(Schedule(per_second, load.arrivals, seed));
  std::vector<Schedule> streams;
  for (const MessageStream& each : load.mix.streams()) {
    // Scrambled, since neighbouring states of the generator would give one sequence, shifted.
    streams.emplace_back(static_cast<double>(each.per_second), load.arrivals,
                         scramble(seed + streams.size()));
  }
  return LinkSchedule(streams);
}

std::uint64_t count_due(LinkSchedule schedule, std::uint64_t duration_ns) {
  std::uint64_t count = 0;
  while (schedule.next().due_ns < duration_ns) ++count;
  return std::max<std::uint64_t>(count, 1);
}

void fill_due(LinkSchedule schedule, std::span<std::uint64_t> due_ns) {
  std::ranges::generate(due_ns, [&] { return schedule.next().due_ns; });
}

void fill_streams(LinkSchedule schedule, std::span<std::uint8_t> streams) {
  std::ranges::generate(streams, [&] { return schedule.next().stream; });
}

void wake_without_slack() {
  constexpr unsigned long kFinestSlackNs = 1;
  prctl(PR_SET_TIMERSLACK, kFinestSlackNs, 0, 0, 0);
}

// The longest is left out: it may have met something rare, and the pacer would then spin much too long.
std::uint64_t measure_wake_up_ns(std::uint64_t sleep_ns) {
  wake_without_slack();
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
