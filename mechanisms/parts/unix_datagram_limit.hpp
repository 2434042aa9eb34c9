// The longest message over a UNIX socket that keeps messages apart.
#pragma once

#include <algorithm>
#include <exception>

#include "mechanisms/parts/socket_options.hpp"

namespace ipcbench {

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

}  // namespace ipcbench
