// The times of paced messages: their memory, which both ends share, and the figures that come from them.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/mapping.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/pacing.hpp"

namespace ipcbench {

// The most messages of a phase: their times take 192 MiB.
inline constexpr std::uint64_t kMostPaced = std::uint64_t{8} << 20U;

// One end's mapping of the times of a phase. They lie behind the control block, in the same memory file.
class SharedTimes {
 public:
  // Grows the file if it is shorter. Both ends give the same number of messages. Throws Error if they are
  // more than kMostPaced, KernelError if there is no memory for them.
  SharedTimes(int control_fd, std::uint64_t messages);

  [[nodiscard]] const PacedTimes& get() const { return times_; }
  // For the producer: fills in when each message is due, and touches the memory that it writes.
  void schedule(const LinkSchedule& schedule);
  // For both ends of a mix: remembers of which stream each message is.
  void follow_streams(const LinkSchedule& schedule);
  // For the consumer: forgets what was received, and touches the memory that it writes.
  void clear_received();

 private:
  SharedMapping memory_;
  std::span<std::uint64_t> due_ns_;
  std::vector<std::uint8_t> stream_;  // each end's own: the other's would have to be ready first
  PacedTimes times_;
};

// When a phase of an open loop began and ended, and how many of its messages were sent.
struct PacedPhase {
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
  std::uint64_t sent = 0;
};

// Histograms of a phase, each cleared first.
struct PacedSamples {
  // From when a message was due to its receipt. A message that was due and not sent counts with the time that
  // it had waited when the phase ended, which is less than it would have taken (no coordinated omission).
  Samples& from_due;
  Samples& from_sent;  // from the send to the receipt
  Samples& lag;        // from when a message was due to its send
};
// When the messages were due, added up, less what the unsent ones had waited when the phase ended: the sum of
// the receipts less this is the sum of the times from when messages were due. Modulo 2^64, like that
// difference.
std::uint64_t sum_due_ns(const PacedTimes& times, const PacedPhase& phase);

void evaluate(const PacedTimes& times, const PacedPhase& phase, const PacedSamples& into);

// The messages of one stream of a mix. `into` is cleared first; its times are those of
// PacedSamples::from_due.
void evaluate_stream(const PacedTimes& times, const PacedPhase& phase, std::uint8_t stream,
                     StreamSamples& into);

}  // namespace ipcbench
