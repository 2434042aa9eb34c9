// Two processes that start at the same time and connect.
#pragma once

#include <sys/socket.h>

#include <ctime>

#include "harness/base/fd.hpp"

namespace ipcbench {

// Connects once the peer is there to be connected to. A peer that never comes is the business of the launch's
// time limit.
inline void connect_when_ready(int fd, const sockaddr* address, socklen_t bytes) {
  constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 200'000};
  while (connect(fd, address, bytes) != 0) {
    if (errno != ENOENT && errno != ECONNREFUSED) throw_errno("connect");
    nanosleep(&kNap, nullptr);
  }
}

// Waits for the peer at a listening socket, and turns away whoever else connects: is_peer(fd) tells them
// apart, and must not throw for a stranger that is gone already.
template <class IsPeer>
Fd accept_peer(const Fd& listener, IsPeer is_peer) {
  while (true) {
    Fd caller(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!caller && errno != EINTR && errno != ECONNABORTED) throw_errno("accept4");
    if (caller && is_peer(caller.get())) return caller;
  }
}

}  // namespace ipcbench
