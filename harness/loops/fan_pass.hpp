// The verified pass where one side has several ends. Each message carries its producer and its number among
// that producer's messages, in 8 bytes. (Tokens are only counted.)
#pragma once

#include <cstdint>

#include "harness/base/clock.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/message_numbers.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

// This end's part. Returns how many messages it has received and found correct; throws CheckFailed (see
// verified_pass.hpp). fanin: each producer's messages arrive whole and in order, interleaved with the
// others'. fanout: each consumer receives whole messages in order, with gaps; the producer then calls
// check_fanout() once all ends have entered the next phase.
std::uint64_t verify_fan(ControlBlock& control, EndId end, Messenger& messenger);

// Checks that each message went to exactly one consumer. Throws CheckFailed.
void check_fanout(const ControlBlock& control);

// Ends a phase of fanout. Once the consumers' own counts show that everything has been received, `send` sends
// each of them one more message, which tells it to leave and is not counted. Returns the time at which
// everything had been received; `relax` is called between two looks.
template <class Send, class Relax>
std::uint64_t dismiss_consumers(ControlBlock& control, StopSigns& signs, std::uint64_t sent, Send send,
                                Relax relax) {
  const auto received_by_all = [&] {
    std::uint64_t received = 0;
    for (std::uint32_t i = 0; i < control.job.consumers; ++i) {
      received += control.end({Side::consumer, i}).received.load(std::memory_order_acquire);
    }
    return received;
  };
  while (received_by_all() < sent) relax();
  const std::uint64_t end_ns = now_ns();
  signs.last.store(true, std::memory_order_release);
  for (std::uint32_t i = 0; i < control.job.consumers; ++i) send();
  return end_ns;
}

// A consumer's part of a phase of fanout. Calls check() after each message. Returns how many it received.
template <class Receive, class Check>
std::uint64_t receive_share(EndState& state, const StopSigns& signs, Receive receive, Check check) {
  std::uint64_t received = 0;
  while (true) {
    receive();
    if (signs.last.load(std::memory_order_acquire)) break;
    check();
    state.received.store(++received, std::memory_order_release);
  }
  state.received.store(0, std::memory_order_relaxed);  // for the next phase; the producer has read it
  return received;
}

}  // namespace ipcbench
