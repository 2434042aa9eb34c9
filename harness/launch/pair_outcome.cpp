#include "harness/launch/pair_outcome.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"
#include "harness/base/shortage.hpp"
#include "harness/base/units.hpp"
#include "harness/launch/counts.hpp"
#include "harness/launch/disturbance.hpp"
#include "harness/launch/plausibility.hpp"
#include "harness/launch/sums.hpp"
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
    if (process.pair != control.pair || !process.status || !process.status->signal) continue;
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
    if (process.pair != control.pair || !ended_badly(process, control)) continue;
    if (std::ranges::any_of(process.ends, [&](EndId e) { return has_error(control, e); })) continue;
    const int code = process.status->code.value_or(0);
    return Failure{
        Failure::Kind::exited,
        in_phase(control, speaker(process, control),
                 code == 0 ? "ended early" : fmt::format("exited with code {} and said nothing", code))};
  }
  return std::nullopt;
}

// "in phase 'verifying', in commit() after 3 messages".
std::string whereabouts(const ControlBlock& control, EndId end) {
  const EndState& state = control.ends[place_of(end)];
  const AtVerb verb = state.verb.load();
  const std::string phase = fmt::format("in phase '{}'", phase_of(control, end));
  return verb == AtVerb::none ? phase
                              : fmt::format("{}, in {} after {}", phase, name_of(verb),
                                            counted(state.passed.load(), "message"));
}

// Where each end is, for at most three ends of a side.
std::string phases(const ControlBlock& control) {
  std::vector<std::string> texts;
  for (const EndId end : ends_of(control.job)) {
    std::string text =
        fmt::format("{} {}", name_of(end, control.job.ends_of(end.side)), whereabouts(control, end));
    if (end.index < 3) texts.push_back(std::move(text));
  }
  return fmt::format("{}{}", fmt::join(texts, ", "),
                     ends_of(control.job).size() > texts.size() ? ", ..." : "");
}

// Of several pairs that have to end together, the one that holds up the others: the furthest behind.
const ControlBlock& holding_up(const ControlBlock& control) {
  return *std::ranges::min_element(control.all_pairs(), {}, [](const ControlBlock& pair) {
    std::pair behind(Phase::done, true);
    for (const EndId end : ends_of(pair.job)) {
      const EndState& state = pair.ends[place_of(end)];
      behind = std::min(behind, std::pair(state.phase.load(), state.left_ns != 0));
    }
    return behind;
  });
}

Failure of_pair(const ControlBlock& control, Failure failure) {
  failure.reason = name_of_pair(control) + failure.reason;
  return failure;
}

// Pairs do not fail in consequence of each other, so any of several failures is a cause.
template <class Find>
std::optional<Failure> in_any_pair(const ControlBlock& control, Find find) {
  for (const ControlBlock& pair : control.all_pairs()) {
    if (const std::optional<Failure> failure = find(pair)) return of_pair(pair, *failure);
  }
  return std::nullopt;
}

std::optional<Failure> failure_of(const LaunchEnd& end, const ControlBlock& control,
                                  std::chrono::nanoseconds time_limit) {
  if (end.interrupted) return Failure{Failure::Kind::interrupted, "interrupted"};
  // All were running at that time, so every other failure is a consequence of killing them.
  if (end.timed_out) {
    const ControlBlock& late = holding_up(control);
    return Failure{Failure::Kind::timed_out, fmt::format("timed out after {:.3g} s; {}{}",
                                                         std::chrono::duration<double>(time_limit).count(),
                                                         name_of_pair(late), phases(late))};
  }
  const auto find = [&](auto which) { return in_any_pair(control, which); };
  if (auto failure = find([&](const ControlBlock& pair) { return killed(end, pair); })) return failure;
  if (auto failure = find([&](const ControlBlock& pair) { return reported(pair, true); })) return failure;
  if (auto failure = find([&](const ControlBlock& pair) { return exited_silently(end, pair); }))
    return failure;
  return find([&](const ControlBlock& pair) { return reported(pair, false); });
}

SideCost cost_of(const ControlBlock& control, Side side) {
  SideCost sum = control.ends[place_of({side, 0})].cost;
  for (std::uint32_t i = 1; i < control.job.ends_of(side); ++i) {
    add(sum, control.ends[place_of({side, i})].cost);
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

Measurement measurement_of(const ControlBlock& control, Delivery delivery, double clock_resolution_ns) {
  const Job& job = control.job;
  const bool by_producer = producer_counts(job, delivery);
  const bool ended_by_producer = by_producer || job.pattern == Pattern::fanout;
  const EndState& clock = control.ends[place_of({ended_by_producer ? Side::producer : Side::consumer, 0})];
  Measurement m;
  m.messages = messages_of(control, by_producer ? Side::producer : Side::consumer);
  m.lost_messages = by_producer ? 0 : messages_of(control, Side::producer) - m.messages;
  for (const EndId end : ends_of(job)) m.verified_messages += control.ends[place_of(end)].verified_messages;
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
  if (job.is_chain()) {
    for (const EndId end : ends_of(job)) m.chain_cpus.push_back(control.ends[place_of(end)].cost.cpu);
  }
  if (control.line.before_ns > 0) m.line = control.line;
  if (job.times_core) m.core = core_work_of(control);
  m.disturbance = disturbance_of(control);
  if (!m.disturbance.empty()) m.disturbance = name_of_pair(control) + m.disturbance;
  m.windows.assign(control.windows.begin(), control.windows.begin() + control.window_count);
  m.settings = control.settings.get();
  if (job.wait == Wait::adaptive) m.settings.emplace(kSpinMicroseconds.name, job.spin_ns / 1000);
  if (control.memory_node >= 0) m.memory_node = control.memory_node;
  if (job.counts) m.counts = counts_of(control);
  return m;
}

SetUpTimes set_up_of(const LaunchEnd& end, const ControlBlock& control) {
  SetUpTimes set_up{.create_ns = end.create_ns,
                    .connect_ns = control.attached_ns - control.attaching_ns,
                    .first_message_ns = std::nullopt,
                    .tear_down_ns = end.remove_ns};
  const std::uint64_t sent_ns = control.ends[place_of({Side::producer, 0})].first_message_ns;
  const std::uint64_t received_ns = control.ends[place_of({Side::consumer, 0})].first_message_ns;
  if (sent_ns != 0 && received_ns > sent_ns) set_up.first_message_ns = received_ns - sent_ns;
  std::uint64_t longest_ns = 0;
  for (const EndId each : ends_of(control.job)) {
    const EndState& state = control.ends[place_of(each)];
    longest_ns = std::max(longest_ns, state.closed_ns - state.done_ns);
  }
  set_up.tear_down_ns += longest_ns;
  return set_up;
}

}  // namespace

bool ended_badly(const ProcessEnd& process, const ControlBlock& control) {
  return process.status && (process.status->code != 0 || std::ranges::any_of(process.ends, [&](EndId end) {
                              return control.ends[place_of(end)].phase.load() != Phase::done;
                            }));
}

LaunchOutcome outcome_of(const LaunchEnd& end, const ControlBlock& control,
                         std::chrono::nanoseconds time_limit) {
  if (auto failure = failure_of(end, control, time_limit)) {
    if (end.unkillable)
      failure->reason += "; an end waits in the kernel and could not be killed: it may still be there";
    return *failure;
  }
  const Delivery delivery = find_mechanism(control.job.mechanism.str())->traits.delivery;
  std::vector<Measurement> pairs;
  for (const ControlBlock& pair : control.all_pairs()) {
    pairs.push_back(measurement_of(pair, delivery, end.clock_resolution_ns));
    pairs.back().set_up = set_up_of(end, pair);
    if (auto failure = implausible(end.slept_ns, pair, pairs.back(), delivery))
      return of_pair(pair, *failure);
  }
  return pairs.size() == 1 ? pairs.front() : together(pairs, end.clock_resolution_ns);
}

void explain_of_library(Failure& failure, std::string_view printed) {
  using Kind = Failure::Kind;
  if (failure.kind == Kind::interrupted || failure.kind == Kind::check_failed) return;
  if (failure.kind != Kind::error && !printed.empty())
    failure.reason += fmt::format("; an end printed \"{}\"", printed);
  failure.reason = with_shortage(failure.reason);
}

}  // namespace ipcbench
