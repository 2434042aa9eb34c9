// The address of a named UNIX socket: a path.
#pragma once

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <string>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/socket_options.hpp"

namespace ipcbench {

class UnixAddress {
 public:
  // Throws KernelError if the path is longer than the kernel takes.
  explicit UnixAddress(const std::string& path) {
    address_.sun_family = AF_UNIX;
    if (path.size() >= sizeof address_.sun_path) {
      throw KernelError(ENAMETOOLONG,
                        fmt::format("the path of a UNIX socket has at most {} characters, not the {} of {}",
                                    sizeof address_.sun_path - 1, path.size(), path),
                        "set TMPDIR to a shorter path");
    }
    path.copy(address_.sun_path, path.size());
  }

  // Creates the socket file, which must not exist yet.
  void bind_to(int fd) const {
    if (bind(fd, get(), sizeof address_) == 0) return;
    throw_errno("cannot bind a UNIX socket under $TMPDIR", {{ENOSPC, "set it to a larger file system"}});
  }
  // Fails if nobody is there.
  void connect_at_once(int fd) const { checked(connect(fd, get(), sizeof address_), "connect"); }
  void connect_to(int fd) const { connect_when_ready(fd, get(), sizeof address_); }

 private:
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }

  sockaddr_un address_{};
};

}  // namespace ipcbench
