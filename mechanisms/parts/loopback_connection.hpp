// A connection, both ways, over a network within the machine. The consumer listens, the producer connects.
#pragma once

#include <memory>
#include <string>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/batched_kind.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {

// `Kind` says what differs:
//   static constexpr Traits kTraits;
//   static constexpr std::array kParameters;
//   Net: as InetLoopback
//   static Unavailable available();
//   static void prepare(int fd, const Settings& parameters);     before there is a connection
//   static Settings set_up(int fd, const Settings& parameters);  afterwards; the settings in force
//   static Ends<...> ends(Fd connection, const LinkSpec& spec);
// and, where it keeps messages apart:
//   static MessageLimit message_limit(const Settings& parameters);
// and, if it has one, Batched: the Kind of its Batched
template <class Kind>
class LoopbackConnection : public BatchedBy<LoopbackConnection, Kind> {
  using Net = typename Kind::Net;

 public:
  static constexpr Traits kTraits = Kind::kTraits;
  static constexpr std::array kParameters = Kind::kParameters;

  static Unavailable available() { return Kind::available(); }
  static MessageLimit message_limit(const Settings& parameters) {
    if constexpr (LimitsMessages<Kind>) return Kind::message_limit(parameters);
    return {};
  }

  static std::unique_ptr<LoopbackConnection> create(const LinkSpec& spec) {
    return std::make_unique<LoopbackConnection>(spec, PortPair<Net>::reserve(SOCK_STREAM));
  }
  static std::unique_ptr<LoopbackConnection> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<LoopbackConnection>(spec, PortPair<Net>::parse(address));
  }

  LoopbackConnection(LinkSpec spec, PortPair<Net> ports) : spec_(std::move(spec)), ports_(std::move(ports)) {}

  auto attach(Side side) {
    Fd fd = side == Side::consumer ? accept_producer() : connect_to_consumer();
    settings_ = Kind::set_up(fd.get(), spec_.parameters);
    return Kind::ends(std::move(fd), spec_);
  }

  BareEnd bare(Side side) {
    if (side == Side::consumer) return bare_server(ports_.take(side));
    return bare_client(connected_at_once<Net>(SOCK_STREAM, ports_.of(Side::consumer)), "a connected socket");
  }

  [[nodiscard]] std::string address() const { return ports_.str(); }
  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  Fd bind_own(Side side) {
    Fd fd = bind_loopback<Net>(SOCK_STREAM, ports_.of(side));
    Kind::prepare(fd.get(), spec_.parameters);
    return fd;
  }

  // Any process of the machine can connect to the port, but only the producer does so from its own port. The
  // backlog is long, so that strangers who keep connecting do not fill it.
  Fd accept_producer() {
    const Fd listener = bind_own(Side::consumer);
    checked(listen(listener.get(), SOMAXCONN), "listen");
    return accept_peer(listener, [this](int fd) { return is_from<Net>(fd, ports_.of(Side::producer)); });
  }

  Fd connect_to_consumer() {
    Fd fd = bind_own(Side::producer);
    const auto address = Net::address(ports_.of(Side::consumer));
    connect_when_ready(fd.get(), generic(address), sizeof address);
    return fd;
  }

  LinkSpec spec_;
  PortPair<Net> ports_;
  Settings settings_;
};

}  // namespace ipcbench
