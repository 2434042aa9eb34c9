// The verified pass where one side has several ends. A message says which producer it is from, and which of
// that one's messages it is; it takes 8 bytes to say so. (Tokens are counted.)
#pragma once

#include <cstdint>

#include "harness/base/clock.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

constexpr std::uint64_t fan_sequence(std::uint32_t producer, std::uint64_t number) {
  return (std::uint64_t{producer} << 32) | number;
}

// This end's part. Returns how many messages it has received and found right; throws CheckFailed (see
// verified_pass.hpp). fanin: the messages of each producer arrive whole and in order, whatever comes in
// between. fanout: what comes to a consumer is whole and in order, with gaps, as the others have the rest;
// the producer has then to call check_fanout() when all have entered the next phase.
std::uint64_t verify_fan(ControlBlock& control, EndId end, Messenger& messenger);

// That each message went to exactly one consumer. Throws CheckFailed.
void check_fanout(const ControlBlock& control);

// The end of a phase of fanout. When all has been received, which the producer sees by the consumers' own
// counts, each of them is sent one message more by `send`, which it takes for a farewell and does not count.
// Returns when all had been received; `relax` is called between two looks.
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

// A consumer's part of a phase of fanout. Returns how many messages came here. check() is called after each.
template <class Receive, class Check>
std::uint64_t receive_share(EndState& state, const StopSigns& signs, Receive receive, Check check) {
  std::uint64_t received = 0;
  while (true) {
    receive();
    if (signs.last.load(std::memory_order_acquire)) break;
    check();
    state.received.store(++received, std::memory_order_release);
  }
  state.received.store(0, std::memory_order_relaxed);  // for the next phase; the producer has looked
  return received;
}

}  // namespace ipcbench
