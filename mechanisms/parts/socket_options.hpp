// Sockets: the sizes of their buffers as parameters, and connecting.
#pragma once

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <ctime>
#include <exception>
#include <string>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

inline constexpr Parameter kSocketSendBytes{
    .name = "socket_send_bytes",
    .default_text = "the kernel's: net.core.wmem_default; TCP grows it by itself, up to net.ipv4.tcp_wmem",
    .what =
        "send buffer of both ends (SO_SNDBUF), up to net.core.wmem_max; the kernel doubles it for its "
        "bookkeeping, and reports show the doubled value",
    .min = 1,
    .max = INT_MAX / 2,
    .tuned = std::uint64_t{1} << 20};
inline constexpr Parameter kSocketReceiveBytes{
    .name = "socket_receive_bytes",
    .default_text = "the kernel's: net.core.rmem_default; TCP grows it by itself, up to net.ipv4.tcp_rmem",
    .what = "receive buffer of both ends (SO_RCVBUF), up to net.core.rmem_max; doubled like the send buffer",
    .min = 1,
    .max = INT_MAX / 2};
inline constexpr std::array kSocketBuffers{kSocketSendBytes, kSocketReceiveBytes};

inline Fd open_socket(int family, int type, int protocol = 0) {
  return Fd(checked(socket(family, type | SOCK_CLOEXEC, protocol), "socket"));
}

inline void set_socket_option(int fd, int level, int option, int value) {
  checked(setsockopt(fd, level, option, &value, sizeof value), "setsockopt");
}
inline std::uint64_t socket_option(int fd, int level, int option) {
  int value = 0;
  socklen_t bytes = sizeof value;
  checked(getsockopt(fd, level, option, &value, &bytes), "getsockopt");
  return static_cast<std::uint64_t>(value);
}

// Sets the size that the parameters ask for; throws Error if the kernel grants less.
inline void set_socket_buffer(int fd, int option, std::string_view name, std::string_view sysctl,
                              const Settings& parameters) {
  const auto asked = parameters.find(name);
  if (asked == parameters.end()) return;
  set_socket_option(fd, SOL_SOCKET, option, static_cast<int>(asked->second));
  if (socket_option(fd, SOL_SOCKET, option) < 2 * asked->second) {
    throw Error(fmt::format("the kernel does not allow {}:{}", name, asked->second),
                fmt::format("raise {} (sysctl) or ask for less", sysctl));
  }
}
inline void set_socket_buffers(int fd, const Settings& parameters) {
  set_socket_buffer(fd, SO_SNDBUF, kSocketSendBytes.name, "net.core.wmem_max", parameters);
  set_socket_buffer(fd, SO_RCVBUF, kSocketReceiveBytes.name, "net.core.rmem_max", parameters);
}

inline Settings socket_buffers(int fd) {
  return {{std::string(kSocketSendBytes.name), socket_option(fd, SOL_SOCKET, SO_SNDBUF)},
          {std::string(kSocketReceiveBytes.name), socket_option(fd, SOL_SOCKET, SO_RCVBUF)}};
}

// The kernel (net/unix/af_unix.c, unix_dgram_sendmsg) refuses with EMSGSIZE a message longer than the send
// buffer less 32 bytes (tried with buffers from 4608 bytes to 4 MiB). Beyond the 4 MiB that its allocator
// gives in one piece (plus a few pages), sending fails with ENOBUFS however large the buffer is.
inline MessageLimit unix_datagram_limit(const Settings& parameters) {
  constexpr std::size_t kReservedBytes = 32;
  constexpr std::size_t kLargestAllocationBytes = std::size_t{4} << 20;
  try {
    const Fd fd = open_socket(AF_UNIX, SOCK_DGRAM);
    if (const auto asked = parameters.find(kSocketSendBytes.name); asked != parameters.end()) {
      set_socket_option(fd.get(), SOL_SOCKET, SO_SNDBUF, static_cast<int>(asked->second));
    }
    const std::size_t buffer_bytes = socket_option(fd.get(), SOL_SOCKET, SO_SNDBUF);
    return {.bytes = std::min(buffer_bytes - kReservedBytes, kLargestAllocationBytes),
            .remedy = "raise socket_send_bytes, and net.core.wmem_max (sysctl) where that is too small"};
  } catch (const std::exception& error) {
    return {.bytes = 0, .remedy = std::string("the kernel could not be asked: ") + error.what()};
  }
}

// --- Connecting two processes that start at the same time -------------------------------------------------

// Connects as soon as the peer listens (vsock says ECONNRESET if it does not). The launch's time limit deals
// with a peer that never comes.
inline void connect_when_ready(int fd, const sockaddr* address, socklen_t bytes) {
  constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 200'000};
  while (connect(fd, address, bytes) != 0) {
    if (errno != ENOENT && errno != ECONNREFUSED && errno != ECONNRESET) throw_errno("connect");
    socket_option(fd, SOL_SOCKET, SO_ERROR);  // takes it: SCTP would refuse the next attempt because of it
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
