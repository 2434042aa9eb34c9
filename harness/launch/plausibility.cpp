#include "harness/launch/plausibility.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace ipcbench {
namespace {

Failure check_failed(std::string reason) { return {Failure::Kind::check_failed, std::move(reason)}; }

std::optional<Failure> misplaced(const ControlBlock& control) {
  for (const EndId end : ends_of(control.job)) {
    const int want = control.job.cpu[place_of(end)];
    const auto got = control.ends[place_of(end)].cost.cpu;
    if (want < 0 || got == want) continue;
    return check_failed(fmt::format("{} was to run on CPU {} and was found {}",
                                    name_of(end, control.job.ends_of(end.side)), want,
                                    got ? fmt::format("on CPU {}", *got) : "not pinned"));
  }
  return std::nullopt;
}

double milliseconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

// What its times include and no message took.
std::optional<Failure> paused(const LaunchEnd& end, const ControlBlock& control) {
  if (end.slept_ns != 0) {
    return check_failed(
        fmt::format("the machine was asleep for {:.0f} ms during the launch", milliseconds(end.slept_ns)));
  }
  if (control.continued.load() == 0) return std::nullopt;
  return check_failed("an end was stopped and continued during the launch (SIGSTOP, SIGCONT)");
}

// By an end's own clock; less than 0 if that went backward.
std::int64_t time_in_timed_phase(const EndState& end) {
  return static_cast<std::int64_t>(end.left_ns - end.start_ns);
}

std::optional<Failure> too_short(const ControlBlock& control) {
  for (std::uint32_t i = 0; i < control.job.producers; ++i) {
    const std::int64_t took_ns = time_in_timed_phase(control.ends[place_of({Side::producer, i})]);
    if (took_ns >= static_cast<std::int64_t>(control.job.timed_ns)) continue;
    return check_failed(
        fmt::format("the timed phase lasted {:.3f} ms and not {:.3f} ms: it was cut short, or the "
                    "clock went backward",
                    static_cast<double>(took_ns) / 1e6, milliseconds(control.job.timed_ns)));
  }
  return std::nullopt;
}

// No sample and no sum of samples is longer than the phase in which they were taken, unless the clock
// jumped: backward within a sample makes it one of centuries.
std::optional<Failure> too_long(const ControlBlock& control, const Measurement& m) {
  std::int64_t longest_ns = 0;
  for (const EndId end : ends_of(control.job)) {
    longest_ns = std::max(longest_ns, time_in_timed_phase(control.ends[place_of(end)]));
  }
  const std::uint64_t claimed_ns = std::max(m.elapsed_ns, m.max_ns);
  if (claimed_ns <= static_cast<std::uint64_t>(longest_ns)) return std::nullopt;
  return check_failed(fmt::format("a time of {:.3f} ms in a phase of {:.3f} ms: the clock jumped",
                                  milliseconds(claimed_ns), static_cast<double>(longest_ns) / 1e6));
}

std::optional<Failure> missing_samples(const ControlBlock& control, const Measurement& m) {
  if (m.messages == 0) return check_failed("no message arrived in the timed phase");
  if (!times_messages(control.job.pattern)) return std::nullopt;
  const std::uint64_t samples =
      std::accumulate(m.histogram.begin(), m.histogram.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
  if (samples == m.messages) return std::nullopt;
  return check_failed(fmt::format("{} messages were counted and {} timed", m.messages, samples));
}

// A token that nobody sent, or one that was lost, shows in nothing but the counts. Lossy mechanisms may
// lose messages where none is waited for, but never have more arrive than were sent.
std::optional<Failure> miscounted(const ControlBlock& control, const Measurement& m, Delivery delivery) {
  if (delivery == Delivery::none) return std::nullopt;
  const bool ping_pong = is_ping_pong(control.job.pattern);
  const std::uint64_t there = control.ends[place_of({Side::producer, 0})].messages;
  const std::uint64_t answered = control.ends[place_of({Side::consumer, 0})].messages;
  const auto lost = static_cast<std::int64_t>(m.lost_messages);
  if (ping_pong ? there == answered : delivery == Delivery::lossy ? lost >= 0 : lost == 0)
    return std::nullopt;
  if (ping_pong) return check_failed(fmt::format("{} messages were sent and {} answered", there, answered));
  if (lost > 0) return check_failed(fmt::format("{} messages arrived and {} did not", m.messages, lost));
  return check_failed(
      fmt::format("{} messages arrived, {} more than were sent: some arrived twice", m.messages, -lost));
}

}  // namespace

std::optional<Failure> implausible(const LaunchEnd& end, const ControlBlock& control,
                                   const Measurement& measurement, Delivery delivery) {
  if (auto failure = misplaced(control)) return failure;
  if (auto failure = paused(end, control)) return failure;
  if (auto failure = too_short(control)) return failure;
  if (auto failure = miscounted(control, measurement, delivery)) return failure;
  if (auto failure = missing_samples(control, measurement)) return failure;
  return too_long(control, measurement);
}

}  // namespace ipcbench
