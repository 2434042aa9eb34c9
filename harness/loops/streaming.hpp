// One-way streaming: as fast as flow control allows, or paced by a schedule.
#pragma once

#include <sys/prctl.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>

#include "harness/base/clock.hpp"
#include "harness/loops/recorder.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

// When the messages of an open loop are due. Both ends have the same schedule, so that the intended send
// times need not travel with the messages.
class Schedule {
 public:
  // Rate: messages per second on average, above 0. The same seed gives the same arrivals.
  Schedule(std::uint64_t begin_ns, double per_second, Arrivals arrivals, std::uint64_t seed)
      : due_ns_(static_cast<double>(begin_ns)),
        interval_ns_(1e9 / per_second),
        arrivals_(arrivals),
        state_(seed) {}

  // The time at which the next message is due, in nanoseconds; the first at the beginning. Never descends.
  std::uint64_t next_ns() {
    const auto due = static_cast<std::uint64_t>(due_ns_);
    due_ns_ += arrivals_ == Arrivals::constant ? interval_ns_ : random_interval_ns();
    return due;
  }

 private:
  // The times between arrivals of a Poisson process are distributed exponentially; by inversion, from a
  // number in (0, 1] (Knuth, The Art of Computer Programming, volume 2, section 3.4.1).
  double random_interval_ns() {
    constexpr double kUnit = 1.0 / (std::uint64_t{1} << 53);
    return -std::log(static_cast<double>((random() >> 11) + 1) * kUnit) * interval_ns_;
  }

  // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, fast, and the same everywhere.
  std::uint64_t random() {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  double due_ns_;  // exact to a microsecond's 2^-12 for uptimes of a year
  double interval_ns_;
  Arrivals arrivals_;
  std::uint64_t state_;
};

// Under `spin` it watches the clock; under every other strategy the thread sleeps, as a program with nothing
// else to do would.
template <Wait W>
class Pacer {
 public:
  explicit Pacer(bool shares_cpu) : waiter_(shares_cpu) {
    constexpr unsigned long kFinestSlackNs = 1;  // the default of 50 us would lengthen every wait
    prctl(PR_SET_TIMERSLACK, kFinestSlackNs, 0, 0, 0);
  }

  // Returns the time, at or after `due_ns`.
  std::uint64_t wait_until(std::uint64_t due_ns) const {
    std::uint64_t now = now_ns();
    while (now < due_ns) {
      if constexpr (W == Wait::spin) {
        waiter_.relax();
      } else {
        const timespec due{static_cast<time_t>(due_ns / 1'000'000'000),
                           static_cast<long>(due_ns % 1'000'000'000)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
      }
      now = now_ns();
    }
    return now;
  }

 private:
  Waiter<W> waiter_;
};

template <Delivery D, Payload P, class T>
class Streaming {
 public:
  Streaming(ControlBlock& control, T& transfer) : control_(control), transfer_(transfer) {}

  // --- As fast as it goes -----------------------------------------------------------------------------

  // Returns how many messages were sent.
  std::uint64_t send_all(StopSigns& signs, std::uint64_t duration_ns) {
    const std::uint64_t sent = send_for(duration_ns) + 1;
    signs.limit.store(sent, std::memory_order_release);
    mark_as_last(transfer_.buffers().source());
    transfer_.template send<P>();
    if constexpr (D == Delivery::lossy) finish(signs);
    return sent;
  }

  // Does not announce the end. Reads the clock every 50 us only, since a message may take 10 ns.
  std::uint64_t send_for(std::uint64_t duration_ns) {
    const std::uint64_t begin_ns = now_ns();
    const std::uint64_t deadline_ns = begin_ns + duration_ns;
    std::uint64_t sent = 0;
    std::uint64_t now = begin_ns;
    do {
      for (std::uint64_t i = 0; i < batch_; ++i) transfer_.template send<P>();
      sent += batch_;
      now = now_ns();
    } while (now < deadline_ns);
    constexpr std::uint64_t kBetweenClockReadingsNs = 50'000;
    batch_ = std::clamp<std::uint64_t>(
        sent * kBetweenClockReadingsNs / std::max<std::uint64_t>(now - begin_ns, 1), 1, 4096);
    return sent;
  }

  // Returns how many messages were received, and stores in `end_ns` when the last one was.
  std::uint64_t receive_all(StopSigns& signs, std::uint64_t& end_ns) {
    const std::uint64_t begin_ns = now_ns();
    std::uint64_t window_begin = 0;
    std::uint64_t window_begin_ns = begin_ns;
    const std::uint64_t received = receive_until(signs, end_ns, [&](std::uint64_t so_far) {
      if (so_far - window_begin < window_messages_) [[likely]] {
        return;
      }
      const std::uint64_t now = now_ns();
      add_window(control_, {so_far - window_begin, now - window_begin_ns});
      window_begin = so_far;
      window_begin_ns = now;
    });
    const std::uint64_t elapsed_ns = std::max<std::uint64_t>(end_ns - begin_ns, 1);
    window_messages_ = std::max<std::uint64_t>(received * (control_.job.timed_ns / kWindows) / elapsed_ns, 1);
    return received;
  }

  // One of several producers. The last to finish announces the total before it sends its last message.
  std::uint64_t send_with_others(StopSigns& signs, std::uint64_t duration_ns) {
    const std::uint64_t sent = send_for(duration_ns) + 1;
    signs.sent.fetch_add(sent, std::memory_order_acq_rel);
    if (signs.producers_through.fetch_add(1, std::memory_order_acq_rel) + 1 == control_.job.producers) {
      signs.limit.store(signs.sent.load(std::memory_order_acquire), std::memory_order_release);
    }
    mark_as_last(transfer_.buffers().source());
    transfer_.template send<P>();
    return sent;
  }

  // --- Paced --------------------------------------------------------------------------------------------

  // Sends each message when it is due, or at once if that time has passed, starting at `begin_ns`. Ends with
  // the first message due after `duration_ns`, or if it is behind then. Returns how many messages were sent.
  std::uint64_t send_paced(StopSigns& signs, std::uint64_t begin_ns, std::uint64_t duration_ns,
                           double per_second) {
    Pacer<T::kWait> pacer(control_.job.shares_cpu);
    Schedule schedule = schedule_from(begin_ns, per_second);
    const std::uint64_t end_ns = begin_ns + duration_ns;
    Recorder lag(control_.lag);
    std::uint64_t sent = 0;
    bool last = false;
    while (!last) {
      const std::uint64_t due_ns = schedule.next_ns();
      const std::uint64_t now = pacer.wait_until(due_ns);
      last = due_ns >= end_ns || now >= end_ns;
      if (last) [[unlikely]] {
        mark_as_last(transfer_.buffers().source());
        signs.limit.store(sent + 1, std::memory_order_release);
        control_.schedule.unsent_messages = messages_left(schedule, due_ns, end_ns);
      }
      lag.record_between(due_ns, now);
      number_message(sent);
      transfer_.template send<P>();
      ++sent;
    }
    control_.schedule.scheduled_messages = sent + control_.schedule.unsent_messages;
    if constexpr (D == Delivery::lossy) finish(signs);
    return sent;
  }

  // Times each message from when it was due. Returns how many were received.
  std::uint64_t receive_paced(StopSigns& signs, std::uint64_t begin_ns, double per_second,
                              std::uint64_t& end_ns) {
    Schedule schedule = schedule_from(begin_ns, per_second);
    Recorder recorder(control_.samples);
    std::uint64_t next = 0;  // the next message of the schedule
    return receive_until(signs, end_ns, [&](std::uint64_t so_far) {
      const std::uint64_t now = now_ns();
      const std::uint64_t number = number_of_message(so_far - 1);
      std::uint64_t due_ns = now;
      for (; next <= number; ++next) due_ns = schedule.next_ns();
      recorder.record_between(due_ns, now);
    });
  }

 private:
  // Receives until all have come or a lossy mechanism's producer has finished. Calls note(n) after the n-th.
  template <class Note>
  std::uint64_t receive_until(StopSigns& signs, std::uint64_t& end_ns, Note note) {
    std::uint64_t received = 0;
    bool more = true;
    end_ns = now_ns();
    while (more && next_message()) {
      note(++received);
      const std::uint64_t limit = signs.limit.load(std::memory_order_acquire);
      // The end is near: over a lossy mechanism, any message from here on may be the last to arrive.
      if (limit != UINT64_MAX) [[unlikely]] {
        end_ns = now_ns();
        more = received < limit;
      }
    }
    signs.received_all.store(true, std::memory_order_release);
    return received;
  }

  // False: the producer of a lossy mechanism has finished.
  bool next_message() {
    if constexpr (D == Delivery::lossy) {
      return transfer_.template receive_or_finish<P>();
    } else {
      transfer_.template receive<P>();
      return true;
    }
  }

  // Repeats the sign until the consumer has seen it, because the sign itself may be lost.
  void finish(StopSigns& signs) {
    while (!signs.received_all.load(std::memory_order_acquire)) {
      transfer_.sender().finish();
      timespec pause{0, 200'000};
      nanosleep(&pause, nullptr);
    }
  }

  [[nodiscard]] Schedule schedule_from(std::uint64_t begin_ns, double per_second) const {
    return {begin_ns, per_second, control_.job.load.arrivals, control_.job.load_seed};
  }

  // How many messages are due before the end and not yet sent, without the current one.
  static std::uint64_t messages_left(Schedule schedule, std::uint64_t due_ns, std::uint64_t end_ns) {
    std::uint64_t left = 0;
    while (due_ns < end_ns && (due_ns = schedule.next_ns()) < end_ns) ++left;
    return left;
  }

  // Over a lossy mechanism each message carries its number; elsewhere counting suffices.
  void number_message(std::uint64_t number) {
    if constexpr (D == Delivery::lossy) {
      std::memcpy(transfer_.buffers().source().data(), &number, sizeof number);
    }
  }
  std::uint64_t number_of_message(std::uint64_t count) {
    if constexpr (D == Delivery::lossy) {
      std::memcpy(&count, transfer_.buffers().sink().data(), sizeof count);
    }
    return count;
  }

  ControlBlock& control_;
  T& transfer_;
  std::uint64_t batch_ = 1;            // messages between two clock readings; set by the warm-up
  std::uint64_t window_messages_ = 1;  // messages per window of the consumer; set by the warm-up
};

}  // namespace ipcbench
