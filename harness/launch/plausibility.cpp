#include "harness/launch/plausibility.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
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

double in_ms(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

// A pause is part of the measured times, although no message took it.
std::optional<Failure> paused(std::uint64_t slept_ns, const ControlBlock& control) {
  if (slept_ns != 0) {
    return check_failed(
        fmt::format("the machine was asleep for {:.0f} ms during the launch", in_ms(slept_ns)));
  }
  if (control.continued.load() == 0) return std::nullopt;
  return check_failed("an end was stopped and continued during the launch (SIGSTOP, SIGCONT)");
}

// By the end's own clock; negative if it went backward.
std::int64_t time_in_timed_phase(const EndState& end) {
  return static_cast<std::int64_t>(end.left_ns - end.start_ns);
}

std::optional<Failure> too_short(const ControlBlock& control) {
  for (std::uint32_t i = 0; i < control.job.producers; ++i) {
    const std::int64_t took_ns = time_in_timed_phase(control.ends[place_of({Side::producer, i})]);
    if (took_ns >= static_cast<std::int64_t>(control.job.timed_ns)) continue;
    return check_failed(fmt::format(
        "the timed phase lasted {:.3f} ms and not {:.3f} ms: it was cut short, or the clock went backward",
        static_cast<double>(took_ns) / 1e6, in_ms(control.job.timed_ns)));
  }
  return std::nullopt;
}

// No sample or sum of samples exceeds its phase unless the clock jumped. (Backward: a sample of centuries.)
std::optional<Failure> too_long(const ControlBlock& control, const Measurement& m) {
  std::int64_t longest_ns = 0;
  for (const EndId end : ends_of(control.job)) {
    longest_ns = std::max(longest_ns, time_in_timed_phase(control.ends[place_of(end)]));
  }
  const std::uint64_t claimed_ns = std::max(m.elapsed_ns, m.max_ns);
  if (claimed_ns <= static_cast<std::uint64_t>(longest_ns)) return std::nullopt;
  return check_failed(fmt::format("a time of {:.3f} ms in a phase of {:.3f} ms: the clock jumped",
                                  in_ms(claimed_ns), static_cast<double>(longest_ns) / 1e6));
}

// A paced message that was not sent in time has a time as well.
std::optional<Failure> missing_samples(const ControlBlock& control, const Measurement& m) {
  if (m.messages == 0) return check_failed("no message arrived in the timed phase");
  if (!times_messages(control.job.pattern)) return std::nullopt;
  const std::uint64_t samples =
      std::accumulate(m.histogram.begin(), m.histogram.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const HistogramBucket& bucket) { return sum + bucket.count; });
  if (samples == m.messages + (m.schedule ? m.schedule->unsent_messages : 0)) return std::nullopt;
  return check_failed(fmt::format("{} messages were counted and {} timed", m.messages, samples));
}

// What the samples have to add up to, from figures that owe nothing to them: the elapsed time, less the
// pauses (latency) or the rest of each turn (oneway); the times of receipt less the times at which the
// messages were due, each summed by its own end (paced). Empty: unknown, because the due times of lost
// messages are in the sum.
std::optional<std::uint64_t> sum_from_elsewhere_ns(const ControlBlock& control, const Measurement& m) {
  if (is_ping_pong(control.job.pattern)) return m.elapsed_ns - control.rest_ns;
  if (control.job.pattern != Pattern::paced || m.lost_messages != 0) return std::nullopt;
  const EndState& producer = control.ends[place_of({Side::producer, 0})];
  const EndState& consumer = control.ends[place_of({Side::consumer, 0})];
  return consumer.times_ns - producer.times_ns + control.samples.clamped_ns;
}

// Halving, dropping or repeating samples leaves all counts as they are.
std::optional<Failure> wrong_sum(const ControlBlock& control, const Measurement& m) {
  const auto expected_ns = sum_from_elsewhere_ns(control, m);
  if (!expected_ns || m.sum_ns == *expected_ns) return std::nullopt;
  return check_failed(
      fmt::format("the recorded times add up to {} ns, and the messages took {} ns", m.sum_ns, *expected_ns));
}

// The extremes and the sum are exact, so they have to agree with the buckets, from which everything else is
// computed.
std::optional<Failure> wrong_histogram(const ControlBlock& control, const Measurement& m) {
  if (!times_messages(control.job.pattern)) return std::nullopt;
  std::uint64_t least_ns = 0;
  std::uint64_t most_ns = 0;
  for (const auto& [lower_ns, count] : m.histogram) {
    least_ns += lower_ns * count;
    most_ns += std::min(Histogram::upper_bound_ns(Histogram::index_of(lower_ns)), m.max_ns) * count;
  }
  const auto bucket_of = [](std::uint64_t ns) { return Histogram::lower_bound_ns(Histogram::index_of(ns)); };
  if (bucket_of(m.min_ns) == m.histogram.front().lower_ns &&
      bucket_of(m.max_ns) == m.histogram.back().lower_ns && least_ns <= m.sum_ns && m.sum_ns <= most_ns) {
    return std::nullopt;
  }
  return check_failed(
      fmt::format("the histogram does not hold the recorded times: from {} to {} ns, {} ns in all", m.min_ns,
                  m.max_ns, m.sum_ns));
}

// Each message is of one stream.
std::optional<Failure> wrong_streams(const Measurement& m) {
  if (m.streams.empty()) return std::nullopt;
  std::uint64_t scheduled = 0;
  std::uint64_t sum_ns = 0;
  std::map<std::uint64_t, std::uint64_t> counts;
  for (const StreamTimes& each : m.streams) {
    scheduled += each.scheduled_messages;
    sum_ns += each.sum_ns;
    for (const HistogramBucket& bucket : each.histogram) counts[bucket.lower_ns] += bucket.count;
  }
  const bool same = std::ranges::equal(m.histogram, counts, [](const auto& all, const auto& of_streams) {
    return all.lower_ns == of_streams.first && all.count == of_streams.second;
  });
  if (same && sum_ns == m.sum_ns && scheduled == m.schedule->scheduled_messages) return std::nullopt;
  return check_failed("the times of the streams do not add up to those of all messages");
}

// Each consumer of a fanout sees some of the numbers only. In all, they are those of the messages and of the
// farewells, from 0 on.
std::optional<Failure> wrong_numbers(const ControlBlock& control, const Measurement& m) {
  const Job& job = control.job;
  if (job.payload != Payload::checked || job.pattern != Pattern::fanout || job.message_bytes == 0) {
    return std::nullopt;
  }
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < job.consumers; ++i) {
    sum += control.ends[place_of({Side::consumer, i})].numbers_sum;
  }
  const std::uint64_t sent = m.messages + job.consumers;
  if (sum == sent * (sent - 1) / 2) return std::nullopt;
  return check_failed("in the timed phase, a message was received twice and another by no consumer");
}

// Only the counts reveal a lost or an invented token. A lossy mechanism may lose messages outside ping-pong,
// but never delivers more than were sent.
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

std::optional<Failure> implausible(std::uint64_t slept_ns, const ControlBlock& control,
                                   const Measurement& measurement, Delivery delivery) {
  if (auto failure = misplaced(control)) return failure;
  if (auto failure = paused(slept_ns, control)) return failure;
  if (auto failure = too_short(control)) return failure;
  if (auto failure = miscounted(control, measurement, delivery)) return failure;
  if (auto failure = wrong_numbers(control, measurement)) return failure;
  if (auto failure = missing_samples(control, measurement)) return failure;
  if (auto failure = too_long(control, measurement)) return failure;
  if (auto failure = wrong_sum(control, measurement)) return failure;
  if (auto failure = wrong_streams(measurement)) return failure;
  return wrong_histogram(control, measurement);
}

}  // namespace ipcbench
