// Who is at the other end of a UNIX socket, and connecting to nobody but this user.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/contract/mechanism.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/unix_address.hpp"

namespace ipcbench {

// The path of a link's socket. Throws KernelError if no socket can have it: a library would fail in an end
// only, and some do not say why.
inline std::string socket_path(const LinkSpec& spec) {
  std::string path = spec.path();
  static_cast<void>(UnixAddress(path));
  return path;
}

// The process that connected, or the one that called listen(2). Throws KernelError.
inline ucred peer_of(int fd) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  checked(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes), "getsockopt(SO_PEERCRED)");
  return peer;
}

inline bool is_peer_of_same_user(int fd) { return peer_of(fd).uid == geteuid(); }

// Connects to the stream socket at `path` as soon as somebody listens there. Throws Error.
inline Fd connect_to_same_user(const std::string& path) {
  Fd fd = open_socket(AF_UNIX, SOCK_STREAM);
  UnixAddress(path).connect_to(fd.get());
  if (!is_peer_of_same_user(fd.get())) throw Error("another user listens at " + path);
  return fd;
}

// Listens at `path` until this user connects. Throws KernelError.
inline Fd accept_same_user(const std::string& path) {
  const Fd listener = open_socket(AF_UNIX, SOCK_STREAM);
  UnixAddress(path).bind_to(listener.get());
  checked(listen(listener.get(), 1), "listen");
  return accept_peer(listener, is_peer_of_same_user);
}

}  // namespace ipcbench
