#include "harness/launch/pair_outcome.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"
#include "harness/launch/counts.hpp"
#include "harness/launch/disturbance.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

std::string_view phase_of(const ControlBlock& control, EndId end) {
  return name_of(control.ends[place_of(end)].phase.load());
}

std::string in_phase(const ControlBlock& control, EndId end, std::string_view what) {
  return fmt::format("{} ({}): {}", name_of(end, control.job.ends_of(end.side)), phase_of(control, end),
                     what);
}

bool has_error(const ControlBlock& control, EndId end) {
  return control.ends[place_of(end)].has_error.load(std::memory_order_acquire);
}

// A process with several threads is named after the thread that was furthest behind.
EndId speaker(const ProcessEnd& process, const ControlBlock& control) {
  return *std::ranges::min_element(process.ends, {},
                                   [&](EndId end) { return control.ends[place_of(end)].phase.load(); });
}

std::optional<Failure> killed(const LaunchEnd& end, const ControlBlock& control) {
  for (const ProcessEnd& process : end.processes) {
    if (!process.status || !process.status->signal) continue;
    return Failure{Failure::Kind::killed,
                   in_phase(control, speaker(process, control), describe_signal(*process.status->signal))};
  }
  return std::nullopt;
}

// The first reported error: the others may be its consequences.
std::optional<Failure> reported(const ControlBlock& control, bool check_failed) {
  std::vector<EndId> ends = ends_of(control.job);
  std::erase_if(ends, [&](EndId end) {
    return !has_error(control, end) || control.ends[place_of(end)].check_failed != check_failed;
  });
  if (ends.empty()) return std::nullopt;
  const EndId first =
      *std::ranges::min_element(ends, {}, [&](EndId end) { return control.ends[place_of(end)].error_ns; });
  const std::string error = control.ends[place_of(first)].error.str();
  return Failure{check_failed ? Failure::Kind::check_failed : Failure::Kind::error,
                 in_phase(control, first, (check_failed ? "check failed: " : "") + error)};
}

// Ended without reporting an error or finishing its work.
std::optional<Failure> exited_silently(const LaunchEnd& end, const ControlBlock& control) {
  for (const ProcessEnd& process : end.processes) {
    if (!ended_badly(process, control)) continue;
    if (std::ranges::any_of(process.ends, [&](EndId e) { return has_error(control, e); })) continue;
    const int code = process.status->code.value_or(0);
    return Failure{
        Failure::Kind::exited,
        in_phase(control, speaker(process, control),
                 code == 0 ? "ended early" : fmt::format("exited with code {} and said nothing", code))};
  }
  return std::nullopt;
}

// The phase of each end, for at most three ends of a side.
std::string phases(const ControlBlock& control) {
  std::vector<std::string> texts;
  for (const EndId end : ends_of(control.job)) {
    std::string text =
        fmt::format("{} in phase '{}'", name_of(end, control.job.ends_of(end.side)), phase_of(control, end));
    if (end.index < 3) texts.push_back(std::move(text));
  }
  return fmt::format("{}{}", fmt::join(texts, ", "),
                     ends_of(control.job).size() > texts.size() ? ", ..." : "");
}

std::optional<Failure> failure_of(const LaunchEnd& end, const ControlBlock& control,
                                  std::chrono::nanoseconds time_limit) {
  if (end.interrupted) return Failure{Failure::Kind::interrupted, "interrupted"};
  // All were running at that time, so every other failure is a consequence of killing them.
  if (end.timed_out) {
    return Failure{Failure::Kind::timed_out,
                   fmt::format("timed out after {:.3g} s; {}",
                               std::chrono::duration<double>(time_limit).count(), phases(control))};
  }
  if (auto failure = killed(end, control)) return failure;
  if (auto failure = reported(control, true)) return failure;
  if (auto failure = exited_silently(end, control)) return failure;
  return reported(control, false);
}

SideCost cost_of(const ControlBlock& control, Side side) {
  SideCost sum = control.ends[place_of({side, 0})].cost;
  for (std::uint32_t i = 1; i < control.job.ends_of(side); ++i) {
    const SideCost& cost = control.ends[place_of({side, i})].cost;
    sum.cpu_ns += cost.cpu_ns;
    sum.voluntary_switches += cost.voluntary_switches;
    sum.involuntary_switches += cost.involuntary_switches;
    sum.minor_faults += cost.minor_faults;
    if (sum.run_delay_ns) *sum.run_delay_ns += cost.run_delay_ns.value_or(0);
    if (cost.cpu != sum.cpu) sum.cpu.reset();  // they ran on several CPUs
  }
  return sum;
}

std::uint64_t messages_of(const ControlBlock& control, Side side) {
  std::uint64_t messages = 0;
  for (std::uint32_t i = 0; i < control.job.ends_of(side); ++i) {
    messages += control.ends[place_of({side, i})].messages;
  }
  return messages;
}

ScheduleResult schedule_of(const ControlBlock& control) {
  ScheduleResult schedule = control.schedule;
  const auto lag = control.lag.histogram.buckets();
  const auto lag_ns = [&](double p) {
    return std::min(static_cast<std::uint64_t>(std::llround(quantile_ns(lag, p))), control.lag.max_ns);
  };
  schedule.lag_p50_ns = lag_ns(0.5);
  schedule.lag_p99_ns = lag_ns(0.99);
  schedule.lag_max_ns = control.lag.max_ns;
  // Where something else ran while the pacer watched the clock, it took less CPU time than time.
  const SideCost& sender = control.ends[place_of({Side::producer, 0})].cost;
  schedule.pacing_cpu_ns = std::min(control.pacing_cpu_ns, sender.cpu_ns);
  return schedule;
}

SentTimes sent_times_of(const Samples& samples) {
  return {.min_ns = samples.min_ns,
          .max_ns = samples.max_ns,
          .sum_ns = samples.sum_ns,
          .histogram = samples.histogram.buckets()};
}

std::vector<StreamTimes> streams_of(const ControlBlock& control) {
  std::vector<StreamTimes> streams;
  for (std::size_t i = 0; i < control.job.streams().size(); ++i) {
    const auto& [scheduled, unsent, samples] = control.streams[i];
    auto buckets = samples.histogram.buckets();
    streams.push_back({.scheduled_messages = scheduled,
                       .unsent_messages = unsent,
                       .min_ns = buckets.empty() ? 0 : samples.min_ns,
                       .max_ns = samples.max_ns,
                       .sum_ns = samples.sum_ns,
                       .histogram = std::move(buckets)});
  }
  return streams;
}

void add_samples(Measurement& m, const Samples& samples, double clock_resolution_ns) {
  m.min_ns = samples.min_ns;
  m.max_ns = samples.max_ns;
  m.sum_ns = samples.sum_ns;
  m.histogram = samples.histogram.buckets();
  m.trim = trim_for(quantile_ns(m.histogram, 0.5), clock_resolution_ns);
}

// Which side counts the messages. The consumer of a floor has nothing to receive, so only its producer has
// figures. In fanout, the producer knows when everything was received.
bool producer_counts(const Job& job, Delivery delivery) {
  return is_ping_pong(job.pattern) || delivery == Delivery::none;
}

// The longer time of any end: what slowed one of them slowed the messages.
CoreWork core_work_of(const ControlBlock& control) {
  CoreWork longest;
  for (const EndId end : ends_of(control.job)) {
    const CoreWork& own = control.ends[place_of(end)].core;
    longest.before_ns = std::max(longest.before_ns, own.before_ns);
    longest.after_ns = std::max(longest.after_ns, own.after_ns);
  }
  return longest;
}

Measurement measurement_of(ControlBlock& control, Delivery delivery, double clock_resolution_ns) {
  const Job& job = control.job;
  const bool by_producer = producer_counts(job, delivery);
  const bool ended_by_producer = by_producer || job.pattern == Pattern::fanout;
  const EndState& clock = control.side(ended_by_producer ? Side::producer : Side::consumer);
  Measurement m;
  m.messages = messages_of(control, by_producer ? Side::producer : Side::consumer);
  m.lost_messages = by_producer ? 0 : messages_of(control, Side::producer) - m.messages;
  for (const EndId end : ends_of(job)) m.verified_messages += control.end(end).verified_messages;
  m.elapsed_ns = clock.end_ns - clock.start_ns;
  if (times_messages(job.pattern)) add_samples(m, control.samples, clock_resolution_ns);
  m.producer = cost_of(control, Side::producer);
  m.consumer = cost_of(control, Side::consumer);
  if (job.pattern == Pattern::oneway) m.clock_offset = control.clock_offset;
  if (job.pattern == Pattern::paced) {
    m.schedule = schedule_of(control);
    m.sent = sent_times_of(control.sent);
    m.streams = streams_of(control);
  }
  if (control.line.before_ns > 0) m.line = control.line;
  if (job.times_core) m.core = core_work_of(control);
  m.disturbance = disturbance_of(control);
  m.windows.assign(control.windows.begin(), control.windows.begin() + control.window_count);
  m.settings = control.settings.get();
  if (job.wait == Wait::adaptive) m.settings.emplace(kSpinMicroseconds.name, job.spin_ns / 1000);
  if (control.memory_node >= 0) m.memory_node = control.memory_node;
  if (job.counts) m.counts = counts_of(control);
  return m;
}

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
std::optional<Failure> paused(const LaunchEnd& end, const ControlBlock& control) {
  if (end.slept_ns != 0) {
    return check_failed(
        fmt::format("the machine was asleep for {:.0f} ms during the launch", in_ms(end.slept_ns)));
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

// What the samples have to add up to, from figures that owe nothing to them: the elapsed time (latency), less
// the rest of each turn (oneway); the times of receipt less the times at which the messages were due, each
// summed by its own end (paced). Empty: unknown, because the due times of lost messages are in the sum.
std::optional<std::uint64_t> sum_from_elsewhere_ns(const ControlBlock& control, const Measurement& m) {
  if (control.job.pattern == Pattern::latency) return m.elapsed_ns;
  if (control.job.pattern == Pattern::oneway) return m.elapsed_ns - control.rest_ns;
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

std::optional<Failure> implausible(const LaunchEnd& end, const ControlBlock& control,
                                   const Measurement& measurement, Delivery delivery) {
  if (auto failure = misplaced(control)) return failure;
  if (auto failure = paused(end, control)) return failure;
  if (auto failure = too_short(control)) return failure;
  if (auto failure = miscounted(control, measurement, delivery)) return failure;
  if (auto failure = wrong_numbers(control, measurement)) return failure;
  if (auto failure = missing_samples(control, measurement)) return failure;
  if (auto failure = too_long(control, measurement)) return failure;
  if (auto failure = wrong_sum(control, measurement)) return failure;
  if (auto failure = wrong_streams(measurement)) return failure;
  return wrong_histogram(control, measurement);
}

}  // namespace

bool ended_badly(const ProcessEnd& process, const ControlBlock& control) {
  return process.status && (process.status->code != 0 || std::ranges::any_of(process.ends, [&](EndId end) {
                              return control.ends[place_of(end)].phase.load() != Phase::done;
                            }));
}

LaunchOutcome outcome_of(const LaunchEnd& end, ControlBlock& control, std::chrono::nanoseconds time_limit) {
  if (auto failure = failure_of(end, control, time_limit)) {
    if (end.unkillable)
      failure->reason += "; an end waits in the kernel and could not be killed: it may still be there";
    return *failure;
  }
  const Delivery delivery = find_mechanism(control.job.mechanism.str())->traits.delivery;
  Measurement measurement = measurement_of(control, delivery, end.clock_resolution_ns);
  if (auto failure = implausible(end, control, measurement, delivery)) return *failure;
  return measurement;
}

}  // namespace ipcbench
