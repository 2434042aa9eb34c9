// A mechanism that works until a moment of one's choice and then does what one chose, in whichever pattern
// and between whichever peers. In launches it is named "planted_deeds", and told by its parameters.
#pragma once

#include <cstdint>

#include "harness/base/cell.hpp"

namespace ipcbench {

enum class Deed : std::uint64_t {
  none,
  // What an end does to its own process.
  segfault,
  abort,
  kill,
  exit_0,
  exit_1,
  throws,
  hang,
  spin,
  ignore_sigterm,  // and hangs
  stop,
  stop_and_go,     // stopped, and continued by somebody else 20 ms later
  widen_affinity,  // as somebody else may from outside
  hang_up,         // shuts the connection down and goes on
  // What a sender does to one message.
  lose,
  repeat,
  swap,  // sends it after the next one
  alter,
  shorten,
  lengthen,
  garble,
  // What it does from there on.
  send_old,  // sends what it sent before, whatever it is given
  not_read,  // a receiver: takes messages off the queue without reading them
};

enum class Moment : std::uint64_t { attaching, message, leaving };

struct PlannedDeed {
  Deed deed = Deed::none;
  Moment moment = Moment::message;
  std::uint64_t at_message = 0;  // counted from 0 by each end; of several, the first to get there is struck
  bool by_receiver = false;      // of the way there, which is the consumer
};

// Messages of 64 bytes between ends that sleep.
Cell planted_cell(const PlannedDeed& plan, Pattern pattern, Peers peers);

}  // namespace ipcbench
