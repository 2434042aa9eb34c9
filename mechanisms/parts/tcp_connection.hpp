// tcp(7) over the loopback network. The consumer listens, the producer connects.
#pragma once

#include <netinet/tcp.h>

#include <memory>
#include <string>
#include <utility>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
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

// `Kind` says what differs:
//   static constexpr Traits kTraits;
//   static constexpr std::array kParameters: kSocketSendBytes, kSocketReceiveBytes, kTcpNodelay and its own
//   Sender, Receiver
//   static Ends<Sender, Receiver> ends(Fd, const LinkSpec&);
// and, where it needs more than the loopback network or has parameters of its own,
//   static Unavailable available();
//   static Settings settings(const Settings& parameters);  the values in force
template <class Kind>
class TcpConnection {
 public:
  static constexpr Traits kTraits = Kind::kTraits;
  static constexpr std::array kParameters = Kind::kParameters;

  static Unavailable available() {
    if (auto reason = loopback_available()) return reason;
    if constexpr (MayBeUnavailable<Kind>) return Kind::available();
    return std::nullopt;
  }

  static std::unique_ptr<TcpConnection> create(const LinkSpec& spec) {
    return std::make_unique<TcpConnection>(spec, LoopbackPorts::reserve(SOCK_STREAM));
  }
  static std::unique_ptr<TcpConnection> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<TcpConnection>(spec, LoopbackPorts::parse(address));
  }

  TcpConnection(LinkSpec spec, LoopbackPorts ports) : spec_(std::move(spec)), ports_(std::move(ports)) {}

  Ends<typename Kind::Sender, typename Kind::Receiver> attach(Side side) {
    Fd fd = side == Side::consumer ? accept_producer() : connect_to_consumer();
    const auto nodelay = spec_.parameter(kTcpNodelay.name);
    if (nodelay) set_socket_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, static_cast<int>(*nodelay));
    settings_ = socket_buffers(fd.get());
    settings_.emplace(kTcpNodelay.name, socket_option(fd.get(), IPPROTO_TCP, TCP_NODELAY));
    if constexpr (requires { Kind::settings(spec_.parameters); }) {
      settings_.merge(Kind::settings(spec_.parameters));
    }
    return Kind::ends(std::move(fd), spec_);
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

}  // namespace ipcbench
