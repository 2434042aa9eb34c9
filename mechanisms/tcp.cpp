// tcp(7) over the loopback network: a byte stream both ways through the whole network stack.
#include <netinet/tcp.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/loopback.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {
constexpr Parameter kTcpNodelay{.name = "tcp_nodelay",
                                .default_text = "0, the kernel's",
                                .what =
                                    "1: small messages leave at once (TCP_NODELAY), 0: they may wait for the "
                                    "acknowledgement of earlier ones (Nagle's algorithm)",
                                .min = 0,
                                .max = 1};

class Tcp {
 public:
  static constexpr Traits kTraits{.name = "tcp",
                                  .summary = "TCP connection over 127.0.0.1",
                                  .kind = MechanismKind::socket,
                                  .made_of = "TCP socket",
                                  .kinship = Kinship::named,
                                  .framing = Framing::stream,
                                  .flow = Flow::duplex};
  static constexpr std::array kParameters{kSocketSendBytes, kSocketReceiveBytes, kTcpNodelay};

  static Unavailable available() { return loopback_available(); }

  static std::unique_ptr<Tcp> create(const LinkSpec& spec) {
    return std::make_unique<Tcp>(spec, LoopbackPorts::reserve(SOCK_STREAM));
  }
  static std::unique_ptr<Tcp> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<Tcp>(spec, LoopbackPorts::parse(address));
  }

  Tcp(LinkSpec spec, LoopbackPorts ports) : spec_(std::move(spec)), ports_(std::move(ports)) {}

  Ends<StreamSender, StreamReceiver> attach(Side side) {
    Fd fd = side == Side::consumer ? accept_producer() : connect_to_consumer();
    const auto nodelay = spec_.parameter(kTcpNodelay.name);
    if (nodelay) set_socket_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, static_cast<int>(*nodelay));
    settings_ = socket_buffers(fd.get());
    settings_.emplace(kTcpNodelay.name, socket_option(fd.get(), IPPROTO_TCP, TCP_NODELAY));
    Fd copy = duplicate(fd);
    return {StreamSender(std::move(copy), spec_.message_bytes, spec_.wait),
            StreamReceiver(std::move(fd), spec_.message_bytes, spec_.wait)};
  }

  BareEnd bare(Side side) {
    if (side == Side::consumer) return bare_server(ports_.take(side));
    return bare_client(connected_at_once(SOCK_STREAM, ports_.of(Side::consumer)), "a connected socket");
  }

  [[nodiscard]] std::string address() const { return ports_.str(); }
  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  // Sets the buffers before there is a connection, because the negotiated window depends on them.
  Fd bind_own(Side side) {
    Fd fd = bind_loopback(SOCK_STREAM, ports_.of(side));
    set_socket_buffers(fd.get(), spec_.parameters);
    return fd;
  }

  // Any process of the machine can connect to the port, but only the producer does so from its own port. The
  // backlog is long, so that strangers who keep connecting do not fill it.
  Fd accept_producer() {
    const Fd listener = bind_own(Side::consumer);
    checked(listen(listener.get(), SOMAXCONN), "listen");
    return accept_peer(listener, [this](int fd) { return is_from(fd, ports_.of(Side::producer)); });
  }

  Fd connect_to_consumer() {
    Fd fd = bind_own(Side::producer);
    const sockaddr_in address = loopback_address(ports_.of(Side::consumer));
    connect_when_ready(fd.get(), generic(address), sizeof address);
    return fd;
  }

  LinkSpec spec_;
  LoopbackPorts ports_;
  Settings settings_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Tcp);
}  // namespace ipcbench
