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

// Each experiment tries the textbook's object unless it is given another. It throws KernelError if the object
// cannot be had.
struct NamedChannel {
  std::string_view name;
  OpenChannel open;
};
std::span<const NamedChannel> channels();  // pipe, UNIX stream, UNIX datagrams, UDP

// The next three send up to 4096 messages to a receiver that does not read until then.
Steps datagrams_reliable(const NamedChannel& reliable = channels()[2],
                         const NamedChannel& lossy = channels()[3]);
Steps sockets_reliable(std::span<const NamedChannel> sockets = channels().subspan(1));
Steps no_flow_control(const NamedChannel& socket = channels()[2]);
int accept_connection(int listening);
Steps many_clients(const std::function<int(int listening)>& accept_one = accept_connection);
// The types that are tried as datagram and as stream socket.
Steps without_connection(int datagram = SOCK_DGRAM, int stream = SOCK_STREAM);
Steps local_sockets(std::initializer_list<int> families = {AF_UNIX, AF_INET});
Steps message_lengths(std::span<const NamedChannel> tried = channels());
Steps ranked(MessageQueue& posix, MessageQueue& sysv);

}  // namespace ipcbench
