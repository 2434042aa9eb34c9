// Ping-pong: each message is answered before the next is sent. The round trip is timed, or the way there.
#pragma once

#include <algorithm>

#include "harness/base/clock.hpp"
#include "harness/loops/recorder.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

template <Delivery D, Payload P, class T, class Clock = MonotonicClock>
class PingPong {
 public:
  PingPong(ControlBlock& control, T& transfer) : control_(control), transfer_(transfer) {}

  // The producer's part, for `duration_ns`. Returns the number of round trips and stores in `end_ns` the
  // start plus the time they took.
  //
  // A sample runs from send to send: the clock is read and the sample recorded while the next message is on
  // its way, where they cost the round trip nothing. The first sample starts before the first send, the last
  // ends with the last answer, so the samples add up to the elapsed time.
  //
  // Where a send may wake the peer on the same CPU, that may run before the send returns, or after. The clock
  // is then read before the send, or some samples would be of two round trips and others of none.
  std::uint64_t ping(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                     std::uint64_t& end_ns) {
    if constexpr (may_sleep(T::kWait)) {
      if (!control_.job.keeps_apart()) return ping_from_answers(signs, start_ns, duration_ns, end_ns);
    }
    return ping_from_sends(signs, start_ns, duration_ns, end_ns);
  }

  // The same where the way there is timed, from before the send to the consumer's reading of its clock.
  std::uint64_t ping_oneway(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                            std::uint64_t& end_ns) {
    Recorder recorder(control_.samples);
    std::uint64_t rest_ns = 0;
    std::size_t slot = 0;
    const std::uint64_t messages =
        run(signs, start_ns, duration_ns, end_ns, [&](std::uint64_t sent_ns, auto send_next) {
          receive_answer();
          const std::uint64_t next_ns = Clock::now_ns();
          send_next();
          // Not before the send, however much two clocks may disagree.
          const std::uint64_t received_ns =
              std::max(control_.received[slot].ns.load(std::memory_order_relaxed), sent_ns);
          slot ^= 1;
          recorder.record(received_ns - sent_ns);
          rest_ns += next_ns - received_ns;
          return next_ns;
        });
    control_.rest_ns = rest_ns;
    return messages;
  }

  // The consumer's part. Returns how many messages it has answered.
  std::uint64_t pong(StopSigns& signs) {
    return answer(signs, [] {});
  }
  std::uint64_t pong_oneway(StopSigns& signs) {
    std::size_t slot = 0;
    return answer(signs, [&] {
      control_.received[slot].ns.store(Clock::now_ns(), std::memory_order_relaxed);
      slot ^= 1;
    });
  }

 private:
  std::uint64_t ping_from_sends(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                                std::uint64_t& end_ns) {
    Recorder recorder(control_.samples);
    return run(signs, start_ns, duration_ns, end_ns, [&](std::uint64_t sent_ns, auto send_next) {
      receive_answer();
      send_next();
      const std::uint64_t next_ns = Clock::now_ns();
      recorder.record(next_ns - sent_ns);
      return next_ns;
    });
  }

  std::uint64_t ping_from_answers(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                                  std::uint64_t& end_ns) {
    Recorder recorder(control_.samples);
    return run(signs, start_ns, duration_ns, end_ns, [&](std::uint64_t answered_ns, auto send_next) {
      receive_answer();
      const std::uint64_t next_ns = Clock::now_ns();
      send_next();
      recorder.record(next_ns - answered_ns);
      return next_ns;
    });
  }

  // turn(sent_ns, send_next) receives the answer to the message sent at `sent_ns`, calls send_next() and
  // returns the time, just before or after that.
  //
  // Between two turns a message is on its way, and only there the windows are kept. The stop sign must not go
  // up then, or the peer might take that message for the last one.
  template <class Turn>
  std::uint64_t run(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                    std::uint64_t& end_ns, Turn turn) {
    const std::uint64_t begin_ns = Clock::now_ns();
    const std::uint64_t deadline_ns = begin_ns + duration_ns;
    const std::uint64_t window_ns = duration_ns / kWindows;
    std::uint64_t sent_ns = begin_ns;
    std::uint64_t messages = 0;
    send();
    begin_window(control_);
    while (sent_ns < deadline_ns) {
      const std::uint64_t messages_before = messages;
      const std::uint64_t window_begin_ns = sent_ns;
      const std::uint64_t window_end_ns = sent_ns + window_ns;
      do {
        sent_ns = turn(sent_ns, [this] { send(); });
        ++messages;
      } while (sent_ns < window_end_ns);
      add_to_window(control_, {messages - messages_before, sent_ns - window_begin_ns});
      if (sent_ns < deadline_ns) begin_window(control_);
    }
    const std::uint64_t last_sent_ns = turn(sent_ns, [&] { send_last(signs); });
    const std::uint64_t back_ns = turn(last_sent_ns, [] {});
    add_to_window(control_, {2, back_ns - sent_ns});
    end_ns = start_ns + (back_ns - begin_ns);
    return messages + 2;
  }

  void send() { transfer_.template send<P>(); }

  void send_last(StopSigns& signs) {
    mark_as_last(transfer_.buffers().source());
    signs.last.store(true, std::memory_order_release);
    send();
  }

  // A floor's ends never meet, so its producer makes all four moves itself.
  void receive_answer() {
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
