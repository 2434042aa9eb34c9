// What becomes of datagrams whose receiver does not read, and whether they stay apart.
#pragma once

#include <cstddef>

#include "bench/study/experiments/channel.hpp"

namespace ipcbench {

struct DatagramDelivery {
  std::size_t message_bytes = 0;
  std::size_t sent = 0;  // that the sender was told had been sent
  bool refused = false;  // then the sender was made to wait (or refused, as it did not want to)
  std::size_t arrived = 0;
  bool in_order = true;           // of those that arrived
  bool keeps_boundaries = false;  // two of 8 bytes did not come as one of 16

  [[nodiscard]] std::size_t lost() const { return sent - arrived; }
};

// Sends until refused, `most` messages at the most, and then receives all that is there.
DatagramDelivery datagram_delivery(const OpenChannel& open, std::size_t message_bytes = 1024,
                                   std::size_t most = 4096);

}  // namespace ipcbench
