// TCP and UDP within the machine: two ports of 127.0.0.1, one for each side, chosen by the kernel.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>

#include "harness/base/error.hpp"
#include "mechanisms/parts/socket_options.hpp"

namespace ipcbench {

inline sockaddr_in loopback_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}
inline const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// A socket bound to `port` of 127.0.0.1; 0: a free one. SO_REUSEPORT lets several sockets of one user share a
// port, so that the launcher can hold it for the side that will use it.
inline Fd bind_loopback(int socket_type, std::uint16_t port) {
  Fd fd = open_socket(AF_INET, socket_type);
  set_socket_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  const sockaddr_in address = loopback_address(port);
  checked(bind(fd.get(), generic(address), sizeof address), "cannot bind to 127.0.0.1");
  return fd;
}

// Whether a connection comes from that port of 127.0.0.1. (Anybody can have the same port at 127.0.0.2.)
inline bool is_from(int fd, std::uint16_t port) {
  sockaddr_in from{};
  socklen_t bytes = sizeof from;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&from), &bytes) != 0) return false;  // gone already
  const sockaddr_in expected = loopback_address(port);
  return from.sin_port == expected.sin_port && from.sin_addr.s_addr == expected.sin_addr.s_addr;
}

// Connects a datagram socket, so that it takes datagrams from that address only, and discards what anybody
// sent to it before: connecting keeps what is queued. The peer must not have begun to send.
inline void connect_datagrams(int fd, const sockaddr_in& address) {
  checked(connect(fd, generic(address), sizeof address), "connect");
  while (recv(fd, nullptr, 0, MSG_DONTWAIT) >= 0 || errno == EINTR) {
  }
  if (errno != EAGAIN) throw_errno("recv");
}

// A socket of any free port, connected to that one. Fails if nobody listens there (TCP).
inline Fd connected_at_once(int socket_type, std::uint16_t port) {
  Fd fd = open_socket(AF_INET, socket_type);
  const sockaddr_in address = loopback_address(port);
  checked(connect(fd.get(), generic(address), sizeof address), "connect");
  return fd;
}

// The ports of the two sides. While the object that reserved them lives, nobody else gets them.
class LoopbackPorts {
 public:
  static LoopbackPorts reserve(int socket_type) {
    LoopbackPorts ports;
    for (std::size_t side = 0; side < ports.ports_.size(); ++side) {
      ports.holders_[side] = bind_loopback(socket_type, 0);
      sockaddr_in address{};
      socklen_t bytes = sizeof address;
      checked(getsockname(ports.holders_[side].get(), reinterpret_cast<sockaddr*>(&address), &bytes),
              "getsockname");
      ports.ports_[side] = ntohs(address.sin_port);
    }
    return ports;
  }

  // The reverse of str(): "40001,40002".
  static LoopbackPorts parse(const std::string& text) {
    LoopbackPorts ports;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, ports.ports_[0]);
    const bool comma = first.ptr != end && *first.ptr == ',';
    if (!comma || std::from_chars(first.ptr + 1, end, ports.ports_[1]).ptr != end) {
      throw std::runtime_error(fmt::format("'{}' is not a pair of ports", text));
    }
    return ports;
  }

  [[nodiscard]] std::string str() const { return fmt::format("{},{}", ports_[0], ports_[1]); }
  // What has held the port since it was reserved: a bound socket. For the process that reserved it, or a
  // child.
  Fd take(Side side) { return std::move(holders_[static_cast<std::size_t>(side)]); }
  [[nodiscard]] std::uint16_t of(Side side) const { return ports_[static_cast<std::size_t>(side)]; }

 private:
  LoopbackPorts() = default;

  std::array<std::uint16_t, 2> ports_{};  // by Side
  std::array<Fd, 2> holders_;             // only bound
};

// Connecting a UDP socket sends nothing, but needs a route.
inline Unavailable loopback_available() {
  constexpr std::uint16_t kAnyPort = 9;
  try {
    const Fd fd = bind_loopback(SOCK_DGRAM, 0);
    const sockaddr_in address = loopback_address(kAnyPort);
    checked(connect(fd.get(), generic(address), sizeof address), "cannot connect to 127.0.0.1");
    return std::nullopt;
  } catch (const KernelError& error) {
    return KernelError(error.number(), error.cause(), "bring the loopback network up (ip link set lo up)")
        .what();
  }
}

}  // namespace ipcbench
