// The producer's part of a ping-pong with a pause before each message, which shows how long the first message
// takes after some quiet: CPUs have fallen asleep, caches and predictors hold other things.
//
// Compiled once for all mechanisms, on top of Messenger, so that the loops without pauses stay as they are:
// more code in a mechanism's file changes what the compiler inlines there. The price is two virtual calls a
// round trip.
#pragma once

#include <cstdint>

#include "harness/base/clock.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/recorder.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

// Copied payloads; with Payload::checked the messages carry their numbers. The consumer's part is
// PingPong::pong().
template <class Clock = MonotonicClock>
class PausedPingPong {
 public:
  PausedPingPong(ControlBlock& control, Messenger& messenger)
      : control_(control), messenger_(messenger), waiter_(control.job.shares_cpu) {}

  // For `duration_ns`, and at least once: a pause of the job's idle_ns, then a round trip. A sample runs from
  // before the send to the answer. Returns the number of round trips and stores in `end_ns` the start plus
  // the time that all took, in control.rest_ns the pauses' part of it.
  std::uint64_t ping(StopSigns& signs, std::uint64_t start_ns, std::uint64_t duration_ns,
                     std::uint64_t& end_ns) {
    Recorder recorder(control_.samples);
    const std::uint64_t begin_ns = Clock::now_ns();
    const std::uint64_t deadline_ns = begin_ns + duration_ns;
    std::uint64_t window_end_ns = begin_ns;
    std::uint64_t back_ns = begin_ns;
    std::uint64_t messages = 0;
    control_.rest_ns = 0;
    for (bool last = false; !last; ++messages) {
      const std::uint64_t quiet_since_ns = back_ns;
      last = pause_until(quiet_since_ns + control_.job.idle_ns) >= deadline_ns;
      if (last) announce_last(signs);
      const std::uint64_t sent_ns = Clock::now_ns();
      send();
      receive();
      back_ns = Clock::now_ns();
      recorder.record(back_ns - sent_ns);
      control_.rest_ns += sent_ns - quiet_since_ns;
      if (back_ns >= window_end_ns) {
        begin_window(control_);
        window_end_ns = back_ns + duration_ns / kWindows;
      }
      add_to_window(control_, {1, back_ns - sent_ns});
    }
    end_ns = start_ns + (back_ns - begin_ns);
    return messages;
  }

 private:
  // An end that may sleep while it waits sleeps here too, as a program does that waits for its next event, so
  // that its CPU may sleep as well. One that spins watches the clock. The pause is not shorter than asked
  // for; a sleeper's is longer by its own wake-up, which is no part of the sample. A signal may end a sleep
  // too soon. Returns the time.
  std::uint64_t pause_until(std::uint64_t due_ns) {
    std::uint64_t now_ns = Clock::now_ns();
    for (; now_ns < due_ns; now_ns = Clock::now_ns())
      may_sleep(control_.job.wait) ? Clock::sleep_until(due_ns) : waiter_.relax();
    return now_ns;
  }

  void announce_last(StopSigns& signs) {
    mark_as_last(messenger_.buffers().source());
    signs.last.store(true, std::memory_order_release);
  }

  void send() {
    if (is_checked()) messenger_.numbers().write(messenger_.buffers().source());
    messenger_.send_copied();
  }
  void receive() {
    messenger_.receive_copied();
    if (is_checked()) messenger_.numbers().check(messenger_.buffers().sink());
  }

  [[nodiscard]] bool is_checked() const { return control_.job.payload == Payload::checked; }

  ControlBlock& control_;
  Messenger& messenger_;
  Waiter<Wait::spin> waiter_;
};

}  // namespace ipcbench
