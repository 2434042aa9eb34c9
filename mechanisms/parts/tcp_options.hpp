// What the mechanisms over TCP share: its network, and the options of a connection.
#pragma once

#include <netinet/tcp.h>

#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {

inline constexpr Parameter kTcpNodelay{
    .name = "tcp_nodelay",
    .default_text = "0, the kernel's",
    .what =
        "1: small messages leave at once (TCP_NODELAY), 0: they may wait for the "
        "acknowledgement of earlier ones (Nagle's algorithm)",
    .min = 0,
    .max = 1};

// Part of a Kind of LoopbackConnection.
struct TcpOptions {
  using Net = InetLoopback;

  // The negotiated window depends on the buffers.
  static void prepare(int fd, const Settings& parameters) { set_socket_buffers(fd, parameters); }
  static Settings set_up(int fd, const Settings& parameters) {
    const auto nodelay = parameters.find(kTcpNodelay.name);
    if (nodelay != parameters.end())
      set_socket_option(fd, IPPROTO_TCP, TCP_NODELAY, static_cast<int>(nodelay->second));
    Settings settings = socket_buffers(fd);
    settings.emplace(kTcpNodelay.name, socket_option(fd, IPPROTO_TCP, TCP_NODELAY));
    return settings;
  }
};

}  // namespace ipcbench
