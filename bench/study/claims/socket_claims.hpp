// The claims about sockets, and their experiments.
#pragma once

#include <sys/socket.h>

#include <functional>
#include <initializer_list>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/channel.hpp"
#include "bench/study/parts/message_queue.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> socket_claims();

// Datagrams sent to a receiver that does not read.
struct DatagramDelivery {
  std::size_t message_bytes = 0;
  std::size_t sent = 0;  // the send call succeeded
  bool refused = false;  // in the end a sender would have had to wait
  std::size_t arrived = 0;
  bool in_order = true;
  bool keeps_boundaries = false;  // two messages of 8 bytes did not arrive as one of 16

  [[nodiscard]] std::size_t lost() const { return sent - arrived; }
};
// Sends until refused, at most `most` messages, then receives everything that is there.
DatagramDelivery datagram_delivery(const OpenChannel& open, std::size_t message_bytes = 1024,
                                   std::size_t most = 4096);
Answer judge_datagrams(const DatagramDelivery& unix_socket, const DatagramDelivery& udp);

Answer datagrams_keep_or_lose();

// Each experiment tries the textbook's object unless it is given another. It throws KernelError if the object
// cannot be had.
int accept_connection(int listening);
Answer many_clients(const std::function<int(int listening)>& accept_one = accept_connection);
// The types that are tried as datagram and as stream socket.
Answer without_connection(int datagram = SOCK_DGRAM, int stream = SOCK_STREAM);
Answer local_sockets(std::initializer_list<int> families = {AF_UNIX, AF_INET});
struct NamedChannel {
  std::string_view name;
  OpenChannel open;
};
std::span<const NamedChannel> message_channels();
Answer message_lengths(std::span<const NamedChannel> channels = message_channels());
Answer ranked(MessageQueue& posix, MessageQueue& sysv);

}  // namespace ipcbench
