// One-way streaming: as fast as flow control allows, or paced by a schedule.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "harness/base/clock.hpp"
#include "harness/loops/pacing.hpp"
#include "harness/loops/recorder.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

template <Delivery D, Payload P, class T, class Clock = MonotonicClock>
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
    if constexpr (T::kBatches) transfer_.hand_over();
    if constexpr (D == Delivery::lossy) finish(signs);
    return sent;
  }

  // Does not announce the end. Reads the clock every 50 us only, since a message may take 10 ns.
  std::uint64_t send_for(std::uint64_t duration_ns) {
    const std::uint64_t begin_ns = Clock::now_ns();
    const std::uint64_t deadline_ns = begin_ns + duration_ns;
    std::uint64_t sent = 0;
    std::uint64_t now = begin_ns;
    do {
      for (std::uint64_t i = 0; i < batch_; ++i) transfer_.template send<P>();
      sent += batch_;
      now = Clock::now_ns();
    } while (now < deadline_ns);
    constexpr std::uint64_t kBetweenClockReadingsNs = 50'000;
    batch_ = std::clamp<std::uint64_t>(
        sent * kBetweenClockReadingsNs / std::max<std::uint64_t>(now - begin_ns, 1), 1, 4096);
    return sent;
  }

  // Returns how many messages were received, and stores in `end_ns` when the last one was.
  std::uint64_t receive_all(StopSigns& signs, std::uint64_t& end_ns) {
    const std::uint64_t begin_ns = Clock::now_ns();
    std::uint64_t window_begin = 0;
    std::uint64_t window_begin_ns = begin_ns;
    const std::uint64_t received = receive_until(signs, end_ns, [&](std::uint64_t so_far) {
      if (so_far - window_begin < window_messages_) [[likely]] {
        return;
      }
      const std::uint64_t now = Clock::now_ns();
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

  // Sends the messages of `times` by their schedule, which starts at `begin_ns`, and returns at the end of
  // the phase. Returns how many messages were sent. A batch waits until its messages are due, and counts that
  // as their time; what the last one lacks is not waited for.
  std::uint64_t send_paced(StopSigns& signs, const PacedTimes& times, std::uint64_t begin_ns,
                           std::uint64_t duration_ns) {
    Pacer<T::kWait, Clock> pacer(control_.job.shares_cpu, control_.wake_up_ns);
    const std::uint64_t end_ns = begin_ns + duration_ns;
    const auto announce = [&](std::uint64_t count) {
      mark_as_last(transfer_.buffers().source());
      signs.limit.store(count, std::memory_order_release);
    };
    const std::uint64_t sent =
        send_on_schedule(pacer, times, begin_ns, end_ns, announce, [&](std::uint64_t number) {
          number_message(number);
          transfer_.template send<P>();
        });
    if constexpr (T::kBatches) transfer_.hand_over();
    if constexpr (D == Delivery::lossy) finish(signs);
    pacer.wait_until(end_ns);
    control_.wake_up_ns = pacer.wake_up_ns();
    control_.pacing_cpu_ns = pacer.cpu_ns();
    return sent;
  }

  // Notes when each message arrived. Returns how many were received.
  std::uint64_t receive_paced(StopSigns& signs, const PacedTimes& times, std::uint64_t& end_ns) {
    const std::uint64_t spare = times.due_ns.size();
    return receive_until(signs, end_ns, [&](std::uint64_t so_far) {
      const std::uint64_t now = Clock::now_ns();
      times.received_ns[std::min(number_of_message(so_far - 1), spare)] = now;
    });
  }

 private:
  // Receives until all have come or a lossy mechanism's producer has finished. Calls note(n) after the n-th.
  template <class Note>
  std::uint64_t receive_until(StopSigns& signs, std::uint64_t& end_ns, Note note) {
    std::uint64_t received = 0;
    bool more = true;
    end_ns = Clock::now_ns();
    while (more && next_message()) {
      note(++received);
      const std::uint64_t limit = signs.limit.load(std::memory_order_acquire);
      // The end is near: over a lossy mechanism, any message from here on may be the last to arrive.
      if (limit != UINT64_MAX) [[unlikely]] {
        end_ns = Clock::now_ns();
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
