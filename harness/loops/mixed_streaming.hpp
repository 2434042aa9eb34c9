// Several paced streams over one link: each message has the length of its stream. Both ends know the order of
// the streams (LinkSchedule), so a byte stream's receiver knows where each message ends.
//
// Compiled once for all mechanisms, on top of Messenger, so that the loops of messages of one length stay as
// they are: more code in a mechanism's file changes what the compiler inlines there. The price is one virtual
// call a message.
#pragma once

#include <cstdint>

#include "harness/base/clock.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/pacing.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

// Copied payloads over reliable mechanisms; with Payload::checked the messages carry their numbers.
template <class Clock = MonotonicClock>
class MixedStreaming {
 public:
  MixedStreaming(ControlBlock& control, Messenger& messenger) : control_(control), messenger_(messenger) {}

  // As Streaming::send_paced().
  std::uint64_t send(StopSigns& signs, const PacedTimes& times, std::uint64_t begin_ns,
                     std::uint64_t duration_ns) {
    switch (control_.job.wait) {
      case Wait::block:
        return send_by<Wait::block>(signs, times, begin_ns, duration_ns);
      case Wait::spin:
        return send_by<Wait::spin>(signs, times, begin_ns, duration_ns);
      case Wait::poll:
      case Wait::epoll:
        return send_by<Wait::poll>(signs, times, begin_ns, duration_ns);
      case Wait::adaptive:
        return send_by<Wait::adaptive>(signs, times, begin_ns, duration_ns);
    }
    return 0;  // not reached
  }

  // As Streaming::receive_paced().
  std::uint64_t receive(StopSigns& signs, const PacedTimes& times, std::uint64_t& end_ns) {
    std::uint64_t received = 0;
    end_ns = Clock::now_ns();
    while (received < signs.limit.load(std::memory_order_acquire)) {
      take_length(times, received);
      messenger_.receive_copied();
      end_ns = Clock::now_ns();
      // A message too many, which the count tells later, has no time.
      if (received < times.due_ns.size()) times.received_ns[received] = end_ns;
      if (is_checked()) messenger_.numbers().check(messenger_.buffers().sink());
      ++received;
    }
    return received;
  }

 private:
  template <Wait W>
  std::uint64_t send_by(StopSigns& signs, const PacedTimes& times, std::uint64_t begin_ns,
                        std::uint64_t duration_ns) {
    Pacer<W, Clock> pacer(control_.job.shares_cpu, control_.wake_up_ns);
    const std::uint64_t end_ns = begin_ns + duration_ns;
    const auto announce = [&](std::uint64_t count) {
      take_length(times, count - 1);
      mark_as_last(messenger_.buffers().source());
      signs.limit.store(count, std::memory_order_release);
    };
    const auto send_one = [&](std::uint64_t number) {
      take_length(times, number);
      if (is_checked()) messenger_.numbers().write(messenger_.buffers().source());
      messenger_.send_copied();
    };
    const std::uint64_t sent = send_on_schedule(pacer, times, begin_ns, end_ns, announce, send_one);
    pacer.wait_until(end_ns);
    control_.wake_up_ns = pacer.wake_up_ns();
    control_.pacing_cpu_ns = pacer.cpu_ns();
    return sent;
  }

  // Makes the message as long as those of its stream. A message too many has the last one's length.
  void take_length(const PacedTimes& times, std::uint64_t number) {
    const std::uint64_t known = std::min<std::uint64_t>(number, times.stream.size() - 1);
    messenger_.buffers().set_length(control_.job.streams()[times.stream[known]].size_bytes);
  }

  [[nodiscard]] bool is_checked() const { return control_.job.payload == Payload::checked; }

  ControlBlock& control_;
  Messenger& messenger_;
};

}  // namespace ipcbench
