// The verified pass before the timed one: messages of known content, checked one by one.
#pragma once

#include <cstdint>
#include <stdexcept>

#include "harness/loops/control_block.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

// A message arrived that is not the one sent.
class CheckFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How many messages a producer sends in the pass: enough small ones to fill every buffer of the mechanism a
// few times, but only a few large ones.
std::uint64_t messages_to_verify(std::size_t message_bytes);

// This side's part of a pair's pass, in which every message of each direction has its own content. `echoes`:
// ping-pong; otherwise the producer streams. Returns how many messages this side has received and found
// correct; throws CheckFailed at the first wrong one.
std::uint64_t verify_pair(ControlBlock& control, Side side, Messenger& messenger, bool echoes);

// In the timed phase every message has the content of number 0, except the last, which is marked
// (payload.hpp). Its intact arrival shows that the payload was really moved and read up to the end, and that
// the message sent last was received last. A lossy mechanism may lose the marked one. Throws CheckFailed.
void check_last_received(Buffers& buffers, bool may_be_lost);

}  // namespace ipcbench
