#include "harness/loops/verified_pass.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ipcbench {
namespace {

// The producer's messages have even numbers, the consumer's odd ones.
std::uint64_t sequence_of(Side sender, std::uint64_t number) {
  return 2 * number + (sender == Side::consumer ? 1 : 0);
}

class PairPass {
 public:
  PairPass(ControlBlock& control, Side side, Messenger& messenger)
      : control_(control), side_(side), messenger_(messenger) {}

  void send(std::uint64_t number) {
    fill_verified(messenger_.buffers().source(), sequence_of(side_, number));
    begun(side_).store(number + 1, std::memory_order_release);
    messenger_.send_copied();
  }

  void receive(std::uint64_t number) {
    const Side sender = side_ == Side::producer ? Side::consumer : Side::producer;
    messenger_.receive_copied();
    const auto wrong = check_verified(messenger_.buffers().sink(), sequence_of(sender, number));
    if (wrong) throw CheckFailed(*wrong);
    if (begun(sender).load(std::memory_order_acquire) <= number) {
      throw CheckFailed(fmt::format("message {} arrived before it was sent", number));
    }
  }

 private:
  std::atomic<std::uint64_t>& begun(Side sender) {
    return control_.verified_sent[static_cast<std::size_t>(sender)];
  }

  ControlBlock& control_;
  Side side_;
  Messenger& messenger_;
};

}  // namespace

std::uint64_t messages_to_verify(std::size_t message_bytes) {
  constexpr std::uint64_t kBytes = 1 << 20;
  return std::clamp<std::uint64_t>(kBytes / std::max<std::size_t>(message_bytes, 1), 3, 64);
}

std::uint64_t verify_pair(ControlBlock& control, Side side, Messenger& messenger, bool echoes) {
  PairPass pass(control, side, messenger);
  const std::uint64_t messages = messages_to_verify(control.job.message_bytes);
  for (std::uint64_t number = 0; number < messages; ++number) {
    if (side == Side::producer) {
      pass.send(number);
      if (echoes) pass.receive(number);
    } else {
      pass.receive(number);
      if (echoes) pass.send(number);
    }
  }
  return side == Side::consumer || echoes ? messages : 0;
}

void check_last_received(Buffers& buffers, bool may_be_lost) {
  const std::span<std::byte> last = buffers.sink();
  const bool marked = check_verified(last, 0).has_value();
  if (!marked && (may_be_lost || last.empty())) return;
  if (!marked) {
    throw CheckFailed(
        "the last message of the timed phase is one that was sent before it: one arrived twice, or the "
        "payload was not read");
  }
  mark_as_last(last);
  if (const auto wrong = check_verified(last, 0)) {
    throw CheckFailed("in the last message of the timed phase: " + *wrong);
  }
}

}  // namespace ipcbench
