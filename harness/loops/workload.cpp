#include "harness/loops/workload.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <numeric>

#include "harness/base/clock.hpp"
#include "harness/loops/fan_pass.hpp"
#include "harness/loops/fixed_work.hpp"
#include "harness/loops/mixed_streaming.hpp"
#include "harness/loops/paused_ping_pong.hpp"
#include "harness/loops/verified_pass.hpp"

namespace ipcbench {

// For the calling thread only, so that two ends in one process are kept apart; the CPU time also has that of
// threads that work for its ends. CPU time comes from the thread's clock, because getrusage counts in
// microseconds, and on some kernels in scheduler ticks.
SideCost Workload::spent_so_far() const {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  SideCost cost;
  cost.cpu_ns = thread_cpu_ns() + messenger_.helper_cpu_ns();
  cost.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
  cost.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
  cost.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
  cost.run_delay_ns = run_delay_.so_far_ns();
  return cost;
}

// The cost since then. `cpu` is left empty: the placement is read elsewhere.
SideCost Workload::spent_since(const SideCost& start) const {
  SideCost cost = spent_so_far();
  cost.cpu_ns -= start.cpu_ns;
  cost.voluntary_switches -= start.voluntary_switches;
  cost.involuntary_switches -= start.involuntary_switches;
  cost.minor_faults -= start.minor_faults;
  if (cost.run_delay_ns) *cost.run_delay_ns -= start.run_delay_ns.value_or(0);
  return cost;
}

// Takes the time of an error before unwinding. Unwinding closes this end, and the peer may report that before
// this end has stored its own error.
void Workload::run() {
  try {
    run_phases();
  } catch (...) {
    state_.error_ns = now_ns();
    throw;
  }
}

void Workload::run_phases() {
  enter(Phase::verifying);
  verify();
  check_clocks();
  const std::uint64_t start_ns = enter_warm_up();
  if (job_.pattern == Pattern::fanout && is_producer()) check_fanout(control_);
  warm_up(start_ns);
  drain_both();
  warm_up_more(start_ns);
  forget_warm_up();
  run_timed();
  check_last_message();
  verify_more();
  state_.done_ns = enter(Phase::done);
}

// Returns the time at which every end had entered `phase`.
std::uint64_t Workload::enter(Phase phase) {
  state_.phase.store(phase, std::memory_order_relaxed);
  return control_.barrier.arrive_and_wait();
}

// The same, of every end of all pairs.
std::uint64_t Workload::enter_together(Phase phase) {
  state_.phase.store(phase, std::memory_order_relaxed);
  return control_.first_pair().together.arrive_and_wait();
}

// Uses the pattern that is going to be timed. A lossy mechanism is verified by echoes alone, of which it has
// no reason to lose any, and so is a chain. A floor is not verified, since its ends never meet.
void Workload::verify() {
  if (delivery_ == Delivery::none) return;
  if (is_fan(job_.pattern)) {
    state_.verified_messages = verify_fan(control_, end_, messenger_);
  } else {
    const VerifiedBy by = delivery_ == Delivery::lossy || job_.is_chain() ? VerifiedBy::echo
                          : is_ping_pong(job_.pattern)                    ? VerifiedBy::few_echoes
                                                                          : VerifiedBy::stream;
    const Verified verified = verify_ends(control_, end_, messenger_, by, job_.verify_ns);
    state_.verified_messages = verified.received;
    next_to_verify_ = verified.next;
  }
}

void Workload::verify_more() {
  if (delivery_ != Delivery::reliable || !is_ping_pong(job_.pattern) || job_.is_chain()) return;
  enter(Phase::verifying);
  state_.verified_messages +=
      verify_streams(control_, end_.side, messenger_, next_to_verify_, job_.verify_ns);
}

void Workload::check_clocks() {
  if (job_.pattern != Pattern::oneway) return;
  if (is_producer()) {
    control_.clock_offset = ask_clock(control_.clock_exchange, job_.shares_cpu);
  } else {
    answer_clock(control_.clock_exchange, job_.shares_cpu);
  }
}

// The warm-up has no pauses: a mechanism would be as cold after it as before.
std::uint64_t Workload::produce_phase(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                                      std::uint64_t duration_ns) {
  if (!job_.streams().empty())
    return MixedStreaming(control_, messenger_).send(signs, times(), start_ns, duration_ns);
  if (job_.idle_ns != 0 && &signs == &control_.timed_signs)
    return PausedPingPong(control_, messenger_).ping(signs, start_ns, duration_ns, state_.end_ns);
  return produce(pattern, signs, start_ns, duration_ns);
}

void Workload::run_phase(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                         std::uint64_t duration_ns) {
  const bool mixes = !job_.streams().empty();
  if (is_producer()) {
    state_.messages = produce_phase(pattern, signs, start_ns, duration_ns);
  } else if (delivery_ != Delivery::none) {
    state_.messages = mixes ? MixedStreaming(control_, messenger_).receive(signs, times(), state_.end_ns)
                            : consume(pattern, signs);
    if (pattern == Pattern::paced) state_.end_ns = std::max(state_.end_ns, start_ns + duration_ns);
  }
}

// If the load is a share of the mechanism's capacity, the warm-up measures that capacity.
bool Workload::finds_capacity() const { return job_.pattern == Pattern::paced && job_.load.percent != 0; }

std::uint64_t Workload::enter_warm_up() {
  if (job_.pattern != Pattern::paced || finds_capacity()) return enter_together(Phase::warming_up);
  prepare_schedule(job_.warm_up_ns);
  return enter_schedule(Phase::warming_up);
}

void Workload::warm_up(std::uint64_t start_ns) {
  run_phase(finds_capacity() ? Pattern::throughput : job_.pattern, control_.warm_up_signs, start_ns,
            job_.warm_up_ns);
  if (state_.messages != 0) ns_per_message_ = (state_.end_ns - start_ns) / state_.messages;
  if (!finds_capacity() || is_producer()) return;
  const auto elapsed_ns = static_cast<double>(std::max<std::uint64_t>(state_.end_ns - start_ns, 1));
  control_.capacity_per_second = static_cast<double>(state_.messages) * 1e9 / elapsed_ns;
}

// After a few milliseconds a slow mechanism has hardly begun. All ends go on until the first producer has
// sent enough messages, or has taken several times the time. A schedule has a warm-up of its own.
void Workload::warm_up_more(std::uint64_t start_ns) {
  constexpr std::uint64_t kLeastMessages = 100;
  constexpr std::uint64_t kMostTimes = 4;
  if (delivery_ == Delivery::none || job_.pattern == Pattern::paced) return;
  const bool decides = end_ == EndId{};
  std::uint64_t messages = state_.messages;
  while (true) {
    const bool has_time = now_ns() - start_ns < (kMostTimes - 1) * job_.warm_up_ns;
    if (decides) control_.warm_up_again = messages < kLeastMessages && has_time;
    control_.barrier.arrive_and_wait();
    if (!control_.warm_up_again) return;
    if (decides) control_.warm_up_signs.reset();
    warm_up(control_.barrier.arrive_and_wait());
    drain_both();
    messages += state_.messages;
  }
}

// Discards a second notice of the warm-up's end, in flight when the consumer saw the first.
void Workload::drain_both() {
  if (delivery_ != Delivery::lossy) return;
  control_.barrier.arrive_and_wait();
  if (!is_producer()) drain();
}

// The ends that record discard the warm-up's results and touch the pages of the histograms.
void Workload::forget_warm_up() {
  // check_last_message() must not see messages of the warm-up: these had other content.
  messenger_.buffers().set_length(job_.message_bytes);
  fill_verified(messenger_.buffers().source(), 0);
  std::ranges::fill(messenger_.buffers().sink(), std::byte{0});
  messenger_.numbers().restart(number_order(), end_.index);
  if (end_.index != 0) return;
  const bool producer_alone = delivery_ == Delivery::none;
  const bool producer_records = is_ping_pong(job_.pattern) || producer_alone;
  if (producer_records == is_producer()) {
    control_.samples.histogram.clear();
    control_.window_count = 0;
  }
}

// The first ends of both sides measure it, while the others sleep in a barrier. 0 if there is no distance, or
// if it cannot matter: the ends of a floor never meet. A load beside or other pairs take part of the time, or
// of the way.
double Workload::measure_line() {
  if (!job_.keeps_apart() || delivery_ == Delivery::none || job_.beside != Beside::none ||
      control_.pairs > 1) {
    return 0;
  }
  control_.barrier.arrive_and_wait();
  if (end_.index != 0) return 0;
  if (is_producer()) return bounce_line(control_.line_exchange);
  return_line(control_.line_exchange);
  return 0;
}

// Returns when the phase starts. Whoever was woken by the barrier runs by then, if it has a CPU of its own.
// Ends that share one cannot all run, and those that yielded there would be preempted at each message for a
// while.
std::uint64_t Workload::enter_timed() {
  const std::uint64_t entered_ns = enter_together(Phase::timed);
  return job_.shares_cpu ? entered_ns : control_.first_pair().rendezvous.meet();
}

// Long enough for the wanted samples, by the pace of the warm-up and a tenth more.
std::uint64_t Workload::timed_duration_ns() const {
  if (!is_ping_pong(job_.pattern) || job_.longest_timed_ns <= job_.timed_ns) return job_.timed_ns;
  const std::uint64_t wanted_ns = job_.least_samples * (ns_per_message_ + job_.idle_ns) / 10 * 11;
  return std::clamp(wanted_ns, job_.timed_ns, job_.longest_timed_ns);
}

void Workload::run_timed() {
  const bool paced = job_.pattern == Pattern::paced;
  if (job_.counts) counters_.emplace();
  if (job_.idle_ns != 0) wake_without_slack();
  if (paced) prepare_schedule(job_.timed_ns);
  const double line_before_ns = measure_line();
  if (job_.times_core) state_.core.before_ns = fixed_work_ns();
  state_.start_ns = paced ? enter_schedule(Phase::timed) : enter_timed();
  const SideCost before = spent_so_far();
  if (counters_) counters_->start();
  run_phase(job_.pattern, control_.timed_signs, state_.start_ns, timed_duration_ns());
  if (counters_) counters_->stop();
  state_.left_ns = now_ns();
  state_.cost = spent_since(before);
  // What follows must not run beside the timed phases of other pairs.
  if (control_.pairs > 1) enter_together(Phase::timed);
  if (job_.times_core) state_.core.after_ns = fixed_work_ns();
  const double line_after_ns = measure_line();
  if (end_ == EndId{}) control_.line = {line_before_ns, line_after_ns};
  if (paced) evaluate_schedule();
  if (counters_) report_counts();
}

void Workload::report_counts() {
  const Counted counted = counters_->counted();
  state_.counts = counted.counts;
  for (std::size_t i = 0; i < kCounters.size(); ++i) state_.uncounted[i].assign(counted.missing[i]);
}

void Workload::check_last_message() {
  if (payload_ == Payload::checked) check_numbers();
  if (!is_copied(payload_) || delivery_ == Delivery::none) return;
  // Between the numbers of a long message of a mix are those of the short ones before it.
  if (payload_ == Payload::checked && !job_.streams().empty()) return;
  // Paced messages over lossy mechanisms carry their numbers instead.
  if (job_.pattern == Pattern::paced && delivery_ == Delivery::lossy) return;
  const bool receives = !is_producer() || is_ping_pong(job_.pattern);
  if (receives && state_.messages != 0) {
    const bool may_be_lost = delivery_ == Delivery::lossy && !is_ping_pong(job_.pattern);
    payload_ == Payload::checked ? check_last_numbered(messenger_.buffers(), may_be_lost)
                                 : check_last_received(messenger_.buffers(), may_be_lost);
  }
}

NumberOrder Workload::number_order() const {
  if (job_.pattern == Pattern::fanin) return NumberOrder::of_producer;
  const bool may_skip = delivery_ == Delivery::lossy && !is_ping_pong(job_.pattern);
  return may_skip || job_.pattern == Pattern::fanout ? NumberOrder::ascending : NumberOrder::next;
}

void Workload::check_numbers() {
  state_.numbers_sum = messenger_.numbers().sum();
  if (const auto wrong = messenger_.numbers().wrong()) throw CheckFailed("in the timed phase, " + *wrong);
}

// --- Paced ------------------------------------------------------------------------------------------------

double Workload::offered_per_second() const {
  if (job_.load.percent == 0) return static_cast<double>(job_.load.per_second);
  return std::max(control_.capacity_per_second * job_.load.percent / 100, 1.0);
}

LinkSchedule Workload::schedule() const {
  return schedule_of(job_.load, offered_per_second(), job_.load_seed);
}

// The consumer counts the messages, because it is the one that knows the capacity.
void Workload::prepare_schedule(std::uint64_t duration_ns) {
  if (!is_producer()) {
    control_.schedule = {.offered_per_second = offered_per_second(),
                         .scheduled_messages = count_due(schedule(), duration_ns)};
  }
  control_.barrier.arrive_and_wait();
  times_.reset();
  times_.emplace(control_.memory_fd, control_.schedule.scheduled_messages);
  if (!job_.streams().empty()) times_->follow_streams(schedule());
  if (!is_producer()) return times_->clear_received();
  times_->schedule(schedule());
  if (!may_sleep(job_.wait) || control_.wake_up_ns != 0) return;
  // The CPU falls asleep more deeply in longer pauses.
  constexpr double kShortestNs = 50'000;
  constexpr double kLongestNs = 1'000'000;
  control_.wake_up_ns = measure_wake_up_ns(
      static_cast<std::uint64_t>(std::clamp(1e9 / offered_per_second(), kShortestNs, kLongestNs)));
}

// Returns when the schedule starts: so much later than the barrier that both ends run by then.
std::uint64_t Workload::enter_schedule(Phase phase) {
  constexpr std::uint64_t kLeadNs = 1'000'000;
  constexpr std::uint64_t kAwakeNs = 200'000;
  const std::uint64_t start_ns = enter(phase) + kLeadNs;
  MonotonicClock::sleep_until(start_ns - kAwakeNs);
  return start_ns;
}

// Each end sums its own times, so that the samples can be checked against both.
void Workload::evaluate_schedule() {
  const std::uint64_t end_ns = state_.start_ns + job_.timed_ns;
  if (is_producer()) state_.times_ns = sum_due_ns(times(), {state_.start_ns, end_ns, state_.messages});
  control_.barrier.arrive_and_wait();
  if (is_producer()) return;
  state_.times_ns = std::accumulate(times().received_ns.begin(), times().received_ns.end(), std::uint64_t{0});
  const std::uint64_t sent = control_.side(Side::producer).messages;
  control_.schedule.unsent_messages = control_.schedule.scheduled_messages - sent;
  const PacedPhase phase{state_.start_ns, end_ns, sent};
  evaluate(times(), phase, {control_.samples, control_.sent, control_.lag});
  for (std::size_t i = 0; i < job_.streams().size(); ++i)
    evaluate_stream(times(), phase, static_cast<std::uint8_t>(i), control_.streams[i]);
}

}  // namespace ipcbench
