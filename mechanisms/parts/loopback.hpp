// Networks within the machine: two ports, one for each side, chosen by the kernel. TCP and UDP have those of
// 127.0.0.1.
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
template <class Address>
const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// 127.0.0.1. What differs in another network is a struct of the same members.
struct InetLoopback {
  using Address = sockaddr_in;
  using Port = std::uint16_t;
  static constexpr Port kAnyPort = 0;
  // SO_REUSEPORT lets several sockets of one user share a port, so that the launcher can hold it for the side
  // that will use it.
  static constexpr bool kSharesPorts = true;
  static constexpr const char* kCannotBind = "cannot bind to 127.0.0.1";

  static Fd open(int socket_type) { return open_socket(AF_INET, socket_type); }
  static Address address(Port port) { return loopback_address(port); }
  static Port port_of(const Address& address) { return ntohs(address.sin_port); }
  // Anybody can have the same port at 127.0.0.2.
  static bool is_same(const Address& one, const Address& other) {
    return one.sin_port == other.sin_port && one.sin_addr.s_addr == other.sin_addr.s_addr;
  }
};

// A socket bound to that port; kAnyPort: a free one, which it begins to share only when it has it. For a
// socket that shares, the kernel takes a port of another such socket for free: of 100,000 pairs of UDP
// sockets, 7 had one port for both.
template <class Net = InetLoopback>
Fd bind_loopback(int socket_type, typename Net::Port port) {
  Fd fd = Net::open(socket_type);
  const auto share = [&] {
    if constexpr (Net::kSharesPorts) set_socket_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  };
  const bool is_given = port != Net::kAnyPort;
  if (is_given) share();
  const auto address = Net::address(port);
  checked(bind(fd.get(), generic(address), sizeof address), Net::kCannotBind);
  if (!is_given) share();
  return fd;
}

// Whether a connection comes from that port of this network.
template <class Net>
bool is_from(int fd, typename Net::Port port) {
  typename Net::Address from{};
  socklen_t bytes = sizeof from;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&from), &bytes) != 0) return false;  // gone already
  return Net::is_same(from, Net::address(port));
}

// Connects a datagram socket, so that it takes datagrams from that address only, and discards what anybody
// sent to it before: connecting keeps what is queued. The peer must not have begun to send.
inline void connect_datagrams(int fd, const sockaddr_in& address) {
  checked(connect(fd, generic(address), sizeof address), "connect");
  while (recv(fd, nullptr, 0, MSG_DONTWAIT) >= 0 || errno == EINTR) {
  }
  if (errno != EAGAIN) throw_errno("recv");
}

// A socket of any free port, connected to that one. Fails if nobody listens there (a stream).
template <class Net = InetLoopback>
Fd connected_at_once(int socket_type, typename Net::Port port) {
  Fd fd = Net::open(socket_type);
  const auto address = Net::address(port);
  checked(connect(fd.get(), generic(address), sizeof address), "connect");
  return fd;
}

// The ports of the two sides. While the object that reserved them lives, nobody else gets them, if the
// network lets sockets share a port.
template <class Net>
class PortPair {
 public:
  static PortPair reserve(int socket_type) {
    PortPair ports;
    for (std::size_t side = 0; side < ports.ports_.size(); ++side) {
      ports.holders_[side] = bind_loopback<Net>(socket_type, Net::kAnyPort);
      typename Net::Address address{};
      socklen_t bytes = sizeof address;
      checked(getsockname(ports.holders_[side].get(), reinterpret_cast<sockaddr*>(&address), &bytes),
              "getsockname");
      ports.ports_[side] = Net::port_of(address);
    }
    if (!Net::kSharesPorts) ports.holders_ = {};
    return ports;
  }

  // The reverse of str(): "40001,40002".
  static PortPair parse(const std::string& text) {
    PortPair ports;
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, ports.ports_[0]);
    const bool comma = first.ptr != end && *first.ptr == ',';
    if (!comma || std::from_chars(first.ptr + 1, end, ports.ports_[1]).ptr != end) {
      throw std::runtime_error(fmt::format("'{}' is not a pair of ports", text));
    }
    return ports;
  }

  [[nodiscard]] std::string str() const { return fmt::format("{},{}", ports_[0], ports_[1]); }
  // A bound socket: what has held the port since it was reserved. For the process that reserved it, or a
  // child.
  Fd take(Side side) {
    if (!Net::kSharesPorts) return bind_loopback<Net>(SOCK_STREAM, of(side));
    return std::move(holders_[static_cast<std::size_t>(side)]);
  }
  [[nodiscard]] typename Net::Port of(Side side) const { return ports_[static_cast<std::size_t>(side)]; }

 private:
  PortPair() = default;

  std::array<typename Net::Port, 2> ports_{};  // by Side
  std::array<Fd, 2> holders_;                  // only bound
};
using LoopbackPorts = PortPair<InetLoopback>;

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
