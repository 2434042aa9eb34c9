// The pair of descriptors that an experiment tries: data written to one arrives at the other. A test can pass
// in a pair that behaves otherwise.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/base/in_child.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {

// Throws KernelError, as do the functions below. make_pipe() is one of them.
using OpenChannel = std::function<PipeEnds()>;

// socketpair(2) of UNIX sockets: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
inline PipeEnds open_unix_channel(int socket_type) {
  std::array<int, 2> fds{};
  checked(socketpair(AF_UNIX, socket_type | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
  return {Fd(fds[0]), Fd(fds[1])};
}

// Two connected UDP sockets at 127.0.0.1.
inline PipeEnds open_udp_channel() {
  PipeEnds channel{bind_loopback(SOCK_DGRAM, 0), bind_loopback(SOCK_DGRAM, 0)};
  const auto connect_to = [](const Fd& from, const Fd& to) {
    sockaddr_in address{};
    socklen_t bytes = sizeof address;
    checked(getsockname(to.get(), reinterpret_cast<sockaddr*>(&address), &bytes), "getsockname");
    connect_datagrams(from.get(), address);
  };
  connect_to(channel.write, channel.read);
  connect_to(channel.read, channel.write);
  return channel;
}

// What came back: the number of bytes, or the name of the error.
inline std::string put(const Fd& to, std::string_view text) {
  const ssize_t got = write(to.get(), text.data(), text.size());
  return got < 0 ? error_name(errno) : std::to_string(got);
}
// The text, "nothing" at the end of it, or the name of the error.
inline std::string take(const Fd& from, std::size_t bytes) {
  std::string text(bytes, '\0');
  const ssize_t got = read(from.get(), text.data(), bytes);
  if (got <= 0) return got < 0 ? error_name(errno) : "nothing";
  return text.substr(0, static_cast<std::size_t>(got));
}

// Writes pages until there is no room for another, or 16 MiB. Leaves the writing end non-blocking.
inline void fill(const PipeEnds& channel) {
  const std::string page(4096, 'x');
  set_blocking_for(channel.write.get(), Wait::spin);
  for (int written = 0; written < 4096 && put(channel.write, page) != "EAGAIN"; ++written) {
  }
}

}  // namespace ipcbench
