// What the experiments try, as a pair of descriptors, so that a test can pass in something that behaves the
// other way.
#pragma once

#include <functional>

#include "harness/base/fd.hpp"

namespace ipcbench {

// What is written to one end comes out at the other.
struct Channel {
  Fd read_end;
  Fd write_end;
};
using OpenChannel = std::function<Channel()>;

// All throw KernelError.
Channel open_pipe_channel();
// socketpair(2) of UNIX sockets: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
Channel open_unix_channel(int socket_type);
// Two connected UDP sockets at 127.0.0.1.
Channel open_udp_channel();

void set_nonblocking(const Fd& fd, bool nonblocking);

}  // namespace ipcbench
