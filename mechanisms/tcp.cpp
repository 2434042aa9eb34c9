// tcp(7) over the loopback network: a byte stream both ways through the whole network stack.
#include <netinet/tcp.h>

#include "mechanisms/parts/loopback_connection.hpp"

namespace ipcbench {
namespace {
constexpr Parameter kTcpNodelay{.name = "tcp_nodelay",
                                .default_text = "0, the kernel's",
                                .what =
                                    "1: small messages leave at once (TCP_NODELAY), 0: they may wait for the "
                                    "acknowledgement of earlier ones (Nagle's algorithm)",
                                .min = 0,
                                .max = 1};

struct TcpKind {
  static constexpr Traits kTraits{.name = "tcp",
                                  .summary = "TCP connection over 127.0.0.1",
                                  .kind = MechanismKind::socket,
                                  .made_of = "TCP socket",
                                  .kinship = Kinship::named,
                                  .framing = Framing::stream,
                                  .flow = Flow::duplex};
  static constexpr std::array kParameters{kSocketSendBytes, kSocketReceiveBytes, kTcpNodelay};
  using Net = InetLoopback;

  static Unavailable available() { return loopback_available(); }

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
using Tcp = LoopbackConnection<TcpKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Tcp);
}  // namespace ipcbench
