// Claims about what arrives of signals and datagrams that nobody takes for a while.
#pragma once

#include <array>
#include <cstddef>

#include "bench/study/claims/claim.hpp"
#include "bench/study/parts/channel.hpp"

namespace ipcbench {

// Signals that are sent while they are blocked (signal(7)).
struct SignalArrivals {
  static constexpr int kMost = 32;

  int sent = 0;
  int refused = 0;  // the queue was full (RLIMIT_SIGPENDING); not counted as sent
  int arrived = 0;
  std::array<int, kMost> values{};  // in the order of arrival; 0, 1, 2... were sent

  [[nodiscard]] bool merged() const { return arrived < sent; }
  [[nodiscard]] bool in_order() const;
};
// A child sends itself the blocked `signal` with sigqueue(3), at most kMost times, and then takes what is
// pending.
SignalArrivals signal_arrivals(int signal, int times);
Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time);

// Datagrams whose receiver does not read, and whether they stay apart.
struct DatagramDelivery {
  std::size_t message_bytes = 0;
  std::size_t sent = 0;  // the send call succeeded
  bool refused = false;  // then the sender would have had to wait
  std::size_t arrived = 0;
  bool in_order = true;
  bool keeps_boundaries = false;  // two messages of 8 bytes did not come as one of 16

  [[nodiscard]] std::size_t lost() const { return sent - arrived; }
};
// Sends until refused, `most` messages at most, and then receives all that is there.
DatagramDelivery datagram_delivery(const OpenChannel& open, std::size_t message_bytes = 1024,
                                   std::size_t most = 4096);
Answer judge_datagrams(const DatagramDelivery& unix_socket, const DatagramDelivery& udp);

// The claims, tried here.
Answer signals_merge_or_queue();
Answer datagrams_keep_or_lose();

}  // namespace ipcbench
