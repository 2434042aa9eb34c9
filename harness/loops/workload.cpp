#include "harness/loops/workload.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "harness/base/clock.hpp"
#include "harness/loops/fan_pass.hpp"
#include "harness/loops/verified_pass.hpp"

namespace ipcbench {
namespace {

// For the calling thread only, so that two ends in one process are kept apart. CPU time comes from the
// thread's clock, because getrusage counts in microseconds, and on some kernels in scheduler ticks.
SideCost spent_so_far() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  SideCost cost;
  cost.cpu_ns = thread_cpu_ns();
  cost.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
  cost.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
  cost.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
  return cost;
}

// The cost since then. `cpu` is left empty: the placement is read elsewhere.
SideCost spent_since(const SideCost& start) {
  SideCost cost = spent_so_far();
  cost.cpu_ns -= start.cpu_ns;
  cost.voluntary_switches -= start.voluntary_switches;
  cost.involuntary_switches -= start.involuntary_switches;
  cost.minor_faults -= start.minor_faults;
  return cost;
}

}  // namespace

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
  const std::uint64_t start_ns = enter(Phase::warming_up);
  if (job_.pattern == Pattern::fanout && is_producer()) check_fanout(control_);
  warm_up(start_ns);
  drain_both();
  forget_warm_up();
  run_timed();
  check_last_message();
  enter(Phase::done);
}

// Returns the time at which every end had entered `phase`.
std::uint64_t Workload::enter(Phase phase) {
  state_.phase.store(phase, std::memory_order_relaxed);
  return control_.barrier.arrive_and_wait();
}

// Uses the pattern that is going to be timed. A lossy mechanism is verified in ping-pong, where it has no
// reason to lose anything. A floor is not verified, since its ends never meet.
void Workload::verify() {
  if (delivery_ == Delivery::none) return;
  if (is_fan(job_.pattern)) {
    state_.verified_messages = verify_fan(control_, end_, messenger_);
  } else {
    const bool echoes = is_ping_pong(job_.pattern) || delivery_ == Delivery::lossy;
    state_.verified_messages = verify_pair(control_, end_.side, messenger_, echoes);
  }
}

void Workload::check_clocks() {
  if (job_.pattern != Pattern::oneway) return;
  if (is_producer()) {
    control_.clock_offset = ask_clock(control_.clock_exchange, job_.shares_cpu);
  } else {
    answer_clock(control_.clock_exchange, job_.shares_cpu);
  }
}

void Workload::run_phase(Pattern pattern, StopSigns& signs, std::uint64_t start_ns,
                         std::uint64_t duration_ns) {
  if (is_producer()) {
    state_.messages = produce(pattern, signs, start_ns, duration_ns);
  } else if (delivery_ != Delivery::none) {
    state_.messages = consume(pattern, signs, start_ns);
  }
}

// If the load is a share of the mechanism's capacity, the warm-up measures that capacity.
void Workload::warm_up(std::uint64_t start_ns) {
  const bool finds_capacity = job_.pattern == Pattern::paced && job_.load.percent != 0;
  run_phase(finds_capacity ? Pattern::throughput : job_.pattern, control_.warm_up_signs, start_ns,
            job_.warm_up_ns);
  if (!finds_capacity || is_producer()) return;
  const auto elapsed_ns = static_cast<double>(std::max<std::uint64_t>(state_.end_ns - start_ns, 1));
  control_.capacity_per_second = static_cast<double>(state_.messages) * 1e9 / elapsed_ns;
}

double Workload::offered_per_second() const {
  if (job_.load.percent == 0) return static_cast<double>(job_.load.per_second);
  return std::max(control_.capacity_per_second * job_.load.percent / 100, 1.0);
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
  fill_verified(messenger_.buffers().source(), 0);
  std::ranges::fill(messenger_.buffers().sink(), std::byte{0});
  if (end_.index != 0) return;
  const bool producer_alone = delivery_ == Delivery::none;
  const bool producer_records = job_.pattern == Pattern::latency || producer_alone;
  if (producer_records == is_producer()) control_.samples.histogram.clear();
  const bool producer_keeps_windows = is_ping_pong(job_.pattern) || producer_alone;
  if (producer_keeps_windows == is_producer()) control_.window_count = 0;
  if (is_producer()) {
    control_.lag.histogram.clear();
    control_.schedule = {};
  }
}

void Workload::run_timed() {
  state_.start_ns = enter(Phase::timed);
  const SideCost before = spent_so_far();
  run_phase(job_.pattern, control_.timed_signs, state_.start_ns, job_.timed_ns);
  state_.left_ns = now_ns();
  state_.cost = spent_since(before);
}

void Workload::check_last_message() {
  if (is_producer() && job_.pattern == Pattern::paced) {
    control_.schedule.offered_per_second = offered_per_second();
  }
  if (payload_ != Payload::copy || delivery_ == Delivery::none) return;
  // Paced messages over lossy mechanisms carry their numbers instead.
  if (job_.pattern == Pattern::paced && delivery_ == Delivery::lossy) return;
  const bool receives = !is_producer() || is_ping_pong(job_.pattern);
  if (receives && state_.messages != 0) {
    check_last_received(messenger_.buffers(), delivery_ == Delivery::lossy && !is_ping_pong(job_.pattern));
  }
}

}  // namespace ipcbench
