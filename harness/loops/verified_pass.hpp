// The verified pass before the timed one: messages of known content, checked one by one.
#pragma once

#include <cstdint>
#include <stdexcept>

#include "harness/loops/control_block.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

// A message arrived that is not the one that was sent.
class CheckFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How many messages a producer sends in the pass: enough to fill every buffer of the mechanism a few times
// with small messages, and few of large ones.
std::uint64_t messages_to_verify(std::size_t message_bytes);

// This side's part of a pair's pass: each message has a content of its own, in each direction. `echoes`: in
// ping-pong; otherwise the producer streams. Returns how many messages this side has received and found
// right; throws CheckFailed at the first that is wrong.
std::uint64_t verify_pair(ControlBlock& control, Side side, Messenger& messenger, bool echoes);

// In the timed phase every message has the same content, of number 0, but for the last one, which is marked
// (payload.hpp): that it arrived whole shows that the payload was really moved and read up to the end, and
// that what was received last is what was sent last. Of a lossy mechanism the marked one may be lost. Throws
// CheckFailed.
void check_last_received(Buffers& buffers, bool may_be_lost);

}  // namespace ipcbench
