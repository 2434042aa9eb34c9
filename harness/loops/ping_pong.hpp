// Ping-pong: each message is answered before the next is sent. The round trip is timed, or the way there.
#pragma once

#include "harness/base/clock.hpp"
#include "harness/loops/recorder.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

template <Delivery D, Payload P, class T>
class PingPong {
 public:
  PingPong(ControlBlock& control, T& transfer) : control_(control), transfer_(transfer) {}

  // The producer's part, for `duration_ns`. Returns the number of round trips and stores in `end_ns` the
  // start plus the time they took. One clock reading per round trip: the end of one is the start of the next.
  std::uint64_t ping(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                     std::uint64_t& end_ns) {
    Recorder recorder(control_.samples);
    return run(signs, start_ns, duration_ns, end_ns, [&](std::uint64_t sent_ns) {
      round_trip();
      const std::uint64_t back_ns = now_ns();
      recorder.record(back_ns - sent_ns);
      return back_ns;
    });
  }

  // The same where the consumer times the way there. It fetches the send time from shared memory only after
  // it has read its own clock, so that the fetch does not count.
  std::uint64_t ping_stamped(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                             std::uint64_t& end_ns) {
    return run(signs, start_ns, duration_ns, end_ns, [&](std::uint64_t sent_ns) {
      control_.sent_ns.store(sent_ns, std::memory_order_relaxed);
      round_trip();
      return now_ns();
    });
  }

  // The consumer's part. Returns how many messages it has answered.
  std::uint64_t pong(StopSigns& signs) {
    return answer(signs, [] {});
  }
  std::uint64_t pong_stamped(StopSigns& signs) {
    Recorder recorder(control_.samples);
    return answer(signs, [&] {
      const std::uint64_t received_ns = now_ns();
      recorder.record_between(control_.sent_ns.load(std::memory_order_relaxed), received_ns);
    });
  }

 private:
  // turn(start) makes one round trip and returns the time at its end.
  template <class Turn>
  std::uint64_t run(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                    std::uint64_t& end_ns, Turn turn) {
    const std::uint64_t window_ns = duration_ns / kWindows;
    const std::uint64_t deadline_ns = now_ns() + duration_ns;
    std::uint64_t messages = 0;
    end_ns = start_ns;
    bool last = false;
    while (!last) {
      const std::uint64_t messages_before = messages;
      const std::uint64_t window_begin_ns = now_ns();
      std::uint64_t window_end_ns = window_begin_ns + window_ns;
      if (window_begin_ns >= deadline_ns) {
        last = true;
        window_end_ns = window_begin_ns;  // one more round trip, announced to the peer as the last
        mark_as_last(transfer_.buffers().source());
        signs.last.store(true, std::memory_order_release);
      }
      std::uint64_t sent_ns = window_begin_ns;
      do {
        sent_ns = turn(sent_ns);
        ++messages;
      } while (sent_ns < window_end_ns);
      end_ns += sent_ns - window_begin_ns;
      add_window(control_, {messages - messages_before, sent_ns - window_begin_ns});
    }
    return messages;
  }

  // A floor's ends never meet, so its producer makes all four moves itself.
  void round_trip() {
    transfer_.template send<P>();
    transfer_.template receive<P>();
    if constexpr (D == Delivery::none) {
      transfer_.template send<P>();
      transfer_.template receive<P>();
    }
  }

  template <class Note>
  std::uint64_t answer(StopSigns& signs, Note note) {
    std::uint64_t messages = 1;
    while (true) {
      transfer_.template receive<P>();
      note();
      if (signs.last.load(std::memory_order_acquire)) [[unlikely]] {
        break;
      }
      transfer_.template send<P>();
      ++messages;
    }
    mark_as_last(transfer_.buffers().source());
    transfer_.template send<P>();
    return messages;
  }

  ControlBlock& control_;
  T& transfer_;
};

}  // namespace ipcbench
