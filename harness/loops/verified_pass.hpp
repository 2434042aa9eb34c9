// The verified pass: messages of known content, checked one by one.
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

// How many messages are sent in the pass at least: many small ones, but only a few large ones.
std::uint64_t messages_to_verify(std::size_t message_bytes);

// How many bytes are sent each way at least: twice the largest buffer in force (a setting whose name ends in
// _bytes, else 64 KiB), so that what wraps around has done so, but 64 MiB at most.
std::uint64_t bytes_to_verify(const Settings& in_force);

// How the messages of a pair's pass are sent: to the consumer, or there and back. The few echoes are those
// that verify_streams() completes.
enum class VerifiedBy { stream, echo, few_echoes };

struct Verified {
  std::uint64_t received = 0;  // by this side, and found correct
  std::uint64_t next = 0;      // the number after the producer's last message
};

// This end's part of the pass of a pair or a chain, in which every message of each end has its own content. A
// chain answers by handing on. A direction that needs many messages gets `most_ns`. Throws CheckFailed at the
// first wrong message.
Verified verify_ends(ControlBlock& control, EndId end, Messenger& messenger, VerifiedBy by,
                     std::uint64_t most_ns = kVerifyNs);

// What is missing after few_echoes: a stream there and a stream back, which get round a large buffer soon.
// For after the timed phase, since a stream may change what is timed: on one CPU, a round trip of 64 KiB took
// twice as long over a TCP connection that had carried one. Call when both sides have come through that
// phase. Of a pair only. next: of the echoes. Returns how many messages this side has received.
std::uint64_t verify_streams(ControlBlock& control, Side side, Messenger& messenger, std::uint64_t next,
                             std::uint64_t most_ns = kVerifyNs);

// In the timed phase every message has the content of number 0, except the last, which is marked
// (payload.hpp). Its intact arrival shows that the payload was really moved and read up to the end, and that
// the message sent last was received last. A lossy mechanism may lose the marked one. Throws CheckFailed.
void check_last_received(Buffers& buffers, bool may_be_lost);
// The same of messages that carry numbers (message_numbers.hpp), without these.
void check_last_numbered(Buffers& buffers, bool may_be_lost);

}  // namespace ipcbench
