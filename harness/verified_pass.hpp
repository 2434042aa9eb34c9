// The verified pass before the timed one: messages of known content, checked one by one. A class of its own,
// because it is the same for every payload, and is compiled once for them all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "harness/transfer.hpp"

namespace ipcbench {

// A message arrived that is not the one that was sent.
class CheckFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <Wait W, SenderEnd S, ReceiverEnd R>
class VerifiedPass {
 public:
  VerifiedPass(Side side, Waiter<W>& waiter, S& sender, R& receiver, Buffers& buffers)
      : side_(side), waiter_(waiter), sender_(sender), receiver_(receiver), buffers_(buffers) {}

  // Runs this side's part: each message has a content of its own, in each direction. `echoes`: in ping-pong;
  // otherwise the producer streams. Returns how many messages this side has received and found right; throws
  // CheckFailed at the first that is wrong.
  std::uint64_t run(bool echoes) {
    const std::uint64_t messages = messages_to_verify();
    for (std::uint64_t sequence = 0; sequence < messages; ++sequence) {
      if (side_ == Side::producer) {
        send(2 * sequence);
        if (echoes) receive(2 * sequence + 1);
      } else {
        receive(2 * sequence);
        if (echoes) send(2 * sequence + 1);
      }
    }
    return side_ == Side::consumer || echoes ? messages : 0;
  }

 private:
  // Enough to fill every buffer of the mechanism a few times with small messages, and short with large ones.
  [[nodiscard]] std::uint64_t messages_to_verify() {
    constexpr std::uint64_t kBytes = 1 << 20;
    return std::clamp<std::uint64_t>(kBytes / buffers_.source().size(), 3, 64);
  }

  void send(std::uint64_t sequence) {
    fill_verified(buffers_.source(), sequence);
    send_message<W, Payload::copy>(waiter_, sender_, buffers_.source());
  }

  void receive(std::uint64_t sequence) {
    receive_message<W, Payload::copy>(waiter_, receiver_, buffers_.sink());
    if (const auto wrong = check_verified(buffers_.sink(), sequence)) throw CheckFailed(*wrong);
  }

  Side side_;
  Waiter<W>& waiter_;
  S& sender_;
  R& receiver_;
  Buffers& buffers_;
};

}  // namespace ipcbench
