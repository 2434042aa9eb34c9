// The workloads: a verified pass, ping-pong and one-way streaming, as templates over the ends' own types.
// One instance runs in each of the two processes; both go through the same phases in step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "harness/clock.hpp"
#include "harness/control_block.hpp"
#include "harness/cost_meter.hpp"
#include "harness/transfer.hpp"
#include "harness/verified_pass.hpp"

namespace ipcbench {

template <Wait W, Payload P, Delivery D, SenderEnd S, ReceiverEnd R>
class Workload {
  static_assert(D != Delivery::lossy || Finishes<S, R>, "a lossy mechanism must say when it has finished");

 public:
  Workload(ControlBlock& control, Side side, S& sender, R& receiver)
      : control_(control),
        state_(control.side(side)),
        side_(side),
        sender_(sender),
        receiver_(receiver),
        buffers_(control.job.message_bytes),
        waiter_(control.job.shares_cpu) {}

  // Runs this side's part of all phases. Throws CheckFailed, std::system_error or std::runtime_error.
  void run() {
    enter(Phase::verifying);
    verify();
    enter(Phase::warming_up);
    run_phase(control_.warm_up_signs, control_.job.warm_up_ns);
    drain();
    forget_warm_up();
    state_.start_ns = enter(Phase::timed);
    cost_.start();
    run_phase(control_.timed_signs, control_.job.timed_ns);
    state_.cost = cost_.stop();
    check_last_message();
    enter(Phase::done);
  }

 private:
  // Both sides are in `phase` when this returns: at what time.
  std::uint64_t enter(Phase phase) {
    state_.phase.store(phase, std::memory_order_relaxed);
    return control_.barrier.arrive_and_wait();
  }

  void run_phase(StopSigns& signs, std::uint64_t duration_ns) {
    const bool producer = side_ == Side::producer;
    if (control_.job.pattern == Pattern::latency) {
      if (producer) {
        ping(signs, duration_ns);
      } else if constexpr (D != Delivery::none) {
        pong(signs);
      }
    } else {
      if (producer) {
        stream_out(signs, duration_ns);
      } else if constexpr (D != Delivery::none) {
        stream_in(signs);
      }
    }
  }

  void send() { send_message<W, P>(waiter_, sender_, buffers_.source()); }
  void receive() { receive_message<W, P>(waiter_, receiver_, buffers_.sink()); }

  // By whatever pattern is going to be timed. A lossy mechanism is verified in ping-pong, where it has no
  // reason to lose anything; a floor's ends never meet.
  void verify() {
    if constexpr (D != Delivery::none) {
      const bool echoes = control_.job.pattern == Pattern::latency || D == Delivery::lossy;
      state_.verified_messages =
          VerifiedPass<W, S, R>(side_, waiter_, sender_, receiver_, buffers_).run(echoes);
    }
    fill_verified(buffers_.source(), 0);
  }

  // In the timed phase every message has the same content; that the last one arrived whole shows that the
  // payload was really moved and read.
  void check_last_message() {
    if constexpr (P == Payload::copy && D != Delivery::none) {
      const bool receives = side_ == Side::consumer || control_.job.pattern == Pattern::latency;
      if (!receives || state_.messages == 0) return;
      if (const auto wrong = check_verified(buffers_.sink(), 0)) {
        throw CheckFailed("in the last message of the timed phase: " + *wrong);
      }
    }
  }

  // --- Ping-pong ------------------------------------------------------------------------------------

  // One clock reading per round trip: the end of one is the start of the next.
  void ping(StopSigns& signs, std::uint64_t duration_ns) {
    const std::uint64_t window_ns = duration_ns / kWindows;
    const std::uint64_t begin_ns = now_ns();
    const std::uint64_t deadline_ns = begin_ns + duration_ns;
    Histogram& histogram = control_.histogram;
    std::uint64_t messages = 0;
    std::uint64_t min_ns = UINT64_MAX;
    std::uint64_t max_ns = 0;
    std::uint64_t elapsed_ns = 0;
    bool last = false;
    while (!last) {
      const std::uint64_t messages_before = messages;
      const std::uint64_t window_begin_ns = now_ns();
      std::uint64_t window_end_ns = window_begin_ns + window_ns;
      if (window_begin_ns >= deadline_ns) {
        last = true;
        window_end_ns = window_begin_ns;  // one more round trip, which the peer is told about
        signs.last.store(true, std::memory_order_release);
      }
      std::uint64_t sent_ns = window_begin_ns;
      do {
        round_trip();
        const std::uint64_t back_ns = now_ns();
        const std::uint64_t round_trip_ns = back_ns - sent_ns;
        histogram.record(round_trip_ns);
        min_ns = std::min(min_ns, round_trip_ns);
        max_ns = std::max(max_ns, round_trip_ns);
        ++messages;
        sent_ns = back_ns;
      } while (sent_ns < window_end_ns);
      elapsed_ns += sent_ns - window_begin_ns;
      add_window({messages - messages_before, sent_ns - window_begin_ns});
    }
    control_.min_ns = min_ns;
    control_.max_ns = max_ns;
    state_.messages = messages;
    state_.end_ns = state_.start_ns + elapsed_ns;
  }

  // A floor's ends never meet, so that its producer makes all four moves itself.
  void round_trip() {
    send();
    receive();
    if constexpr (D == Delivery::none) {
      send();
      receive();
    }
  }

  void pong(StopSigns& signs) {
    std::uint64_t messages = 0;
    bool last = false;
    do {
      receive();
      last = signs.last.load(std::memory_order_acquire);
      send();
      ++messages;
    } while (!last);
    state_.messages = messages;
  }

  // --- One-way streaming ----------------------------------------------------------------------------

  // The clock is read once in about 50 us, so that it does not count among messages of 10 ns.
  void stream_out(StopSigns& signs, std::uint64_t duration_ns) {
    const std::uint64_t begin_ns = now_ns();
    const std::uint64_t deadline_ns = begin_ns + duration_ns;
    std::uint64_t sent = 0;
    std::uint64_t now = begin_ns;
    do {
      for (std::uint64_t i = 0; i < batch_; ++i) send();
      sent += batch_;
      now = now_ns();
    } while (now < deadline_ns);
    constexpr std::uint64_t kBetweenClockReadingsNs = 50'000;
    batch_ = std::clamp<std::uint64_t>(
        sent * kBetweenClockReadingsNs / std::max<std::uint64_t>(now - begin_ns, 1), 1, 4096);
    signs.limit.store(sent + 1, std::memory_order_release);
    send();
    state_.messages = sent + 1;
    state_.end_ns = now_ns();
    if constexpr (D == Delivery::lossy) finish(signs);
  }

  // Until the consumer says that it has seen it: the sign itself may be lost.
  void finish(StopSigns& signs) {
    while (!signs.received_all.load(std::memory_order_acquire)) {
      sender_.finish();
      timespec pause{0, 200'000};
      nanosleep(&pause, nullptr);
    }
  }

  void stream_in(StopSigns& signs) {
    const std::uint64_t begin_ns = now_ns();
    std::uint64_t received = 0;
    std::uint64_t window_begin = 0;
    std::uint64_t window_begin_ns = begin_ns;
    std::uint64_t end_ns = begin_ns;
    bool more = true;
    while (more && next_message()) {
      ++received;
      if (received - window_begin >= window_messages_) [[unlikely]] {
        const std::uint64_t now = now_ns();
        add_window({received - window_begin, now - window_begin_ns});
        window_begin = received;
        window_begin_ns = now;
      }
      const std::uint64_t limit = signs.limit.load(std::memory_order_acquire);
      // The end is near: from here on each message may be the last that arrives of a lossy mechanism.
      if (limit != UINT64_MAX) [[unlikely]] {
        end_ns = now_ns();
        more = received < limit;
      }
    }
    signs.received_all.store(true, std::memory_order_release);
    state_.messages = received;
    state_.end_ns = end_ns;
    const std::uint64_t elapsed_ns = std::max<std::uint64_t>(end_ns - begin_ns, 1);
    window_messages_ = std::max<std::uint64_t>(received * (control_.job.timed_ns / kWindows) / elapsed_ns, 1);
  }

  // False: the producer of a lossy mechanism has finished.
  bool next_message() {
    if constexpr (D == Delivery::lossy) {
      return receive_or_finish<W, P>(waiter_, receiver_, buffers_.sink());
    } else {
      receive();
      return true;
    }
  }

  // --- Between the phases -----------------------------------------------------------------------------

  void add_window(Window window) {
    if (control_.window_count < kWindows) {
      control_.windows[control_.window_count++] = window;
    } else {
      Window& last = control_.windows[kWindows - 1];
      last.messages += window.messages;
      last.elapsed_ns += window.elapsed_ns;
    }
  }

  // The end that records throws away what the warm-up recorded, and touches the histogram's pages.
  void forget_warm_up() {
    std::ranges::fill(buffers_.sink(), std::byte{0});  // so that check_last_message() sees this phase alone
    const bool producer_records = control_.job.pattern == Pattern::latency || D == Delivery::none;
    if (producer_records != (side_ == Side::producer)) return;
    control_.histogram.clear();
    control_.window_count = 0;
  }

  // A second notice of the warm-up's end may have been under way when the consumer saw the first.
  void drain() {
    if constexpr (D == Delivery::lossy) {
      control_.barrier.arrive_and_wait();
      if (side_ == Side::consumer) receiver_.drain();
    }
  }

  // ---------------------------------------------------------------------------------------------------

  ControlBlock& control_;
  SideState& state_;
  Side side_;
  S& sender_;
  R& receiver_;
  Buffers buffers_;
  Waiter<W> waiter_;
  CostMeter cost_;
  std::uint64_t batch_ = 1;            // messages between two readings of the clock; set by the warm-up
  std::uint64_t window_messages_ = 1;  // the same for the consumer's windows
};

}  // namespace ipcbench
