// Connecting two processes that start at the same time.
#pragma once

#include <sys/socket.h>

#include <ctime>

#include "harness/base/fd.hpp"

namespace ipcbench {

// Connects as soon as the peer listens. The launch's time limit deals with a peer that never comes.
inline void connect_when_ready(int fd, const sockaddr* address, socklen_t bytes) {
  constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 200'000};
  while (connect(fd, address, bytes) != 0) {
    if (errno != ENOENT && errno != ECONNREFUSED) throw_errno("connect");
    nanosleep(&kNap, nullptr);
  }
}

// Waits for the peer at a listening socket and turns away everybody else. is_peer(fd) tells them apart; it
// must not throw for a stranger that has already left.
template <class IsPeer>
Fd accept_peer(const Fd& listener, IsPeer is_peer) {
  while (true) {
    Fd caller(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!caller && errno != EINTR && errno != ECONNABORTED) throw_errno("accept4");
    if (caller && is_peer(caller.get())) return caller;
  }
}

}  // namespace ipcbench
