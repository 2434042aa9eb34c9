// UNIX sockets that connect by a path (unix(7)). The consumer listens, the producer connects.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/batched_kind.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/unix_address.hpp"

namespace ipcbench {

// `Kind` says what differs:
//   static constexpr Traits kTraits;
//   static constexpr int kSocketType;
//   Sender, Receiver: types made of (Fd, LinkSpec)
// and, where it differs from other sockets:
//   static constexpr std::array kParameters;     by default kSocketBuffers
//   static Settings defaults();                  for parameters that the user did not set
//   static Unavailable available();
//   static MessageLimit message_limit(const Settings& parameters);
//   static Ends<Sender, Receiver> ends(Fd, const LinkSpec&);  made otherwise
//   static Settings settings(const Settings& parameters);     the values in force of its own parameters
//   Batched: the Kind of its Batched
template <class Kind>
class UnixConnection : public BatchedBy<UnixConnection, Kind> {
  using Sender = typename Kind::Sender;
  using Receiver = typename Kind::Receiver;

 public:
  static constexpr Traits kTraits = Kind::kTraits;
  static constexpr std::array kParameters = [] {
    if constexpr (requires { Kind::kParameters; }) {
      return Kind::kParameters;
    } else {
      return kSocketBuffers;
    }
  }();

  static Unavailable available() {
    if constexpr (MayBeUnavailable<Kind>) return Kind::available();
    return std::nullopt;
  }
  static MessageLimit message_limit(const Settings& parameters) {
    if constexpr (LimitsMessages<Kind>) return Kind::message_limit(parameters);
    return {};
  }

  static std::unique_ptr<UnixConnection> create(const LinkSpec& spec) {
    return std::make_unique<UnixConnection>(spec, spec.path(), true);
  }
  static std::unique_ptr<UnixConnection> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<UnixConnection>(spec, address, false);
  }

  UnixConnection(LinkSpec spec, const std::string& path, bool owner)
      : spec_(std::move(spec)), path_(path, owner), unix_address_(path) {
    if constexpr (requires { Kind::defaults(); }) spec_.parameters.merge(Kind::defaults());
  }

  Ends<Sender, Receiver> attach(Side side) {
    Fd fd = side == Side::consumer ? accept_producer() : connect_to_consumer();
    set_socket_buffers(fd.get(), spec_.parameters);
    settings_ = socket_buffers(fd.get());
    if constexpr (requires { Kind::settings(spec_.parameters); }) {
      settings_.merge(Kind::settings(spec_.parameters));
    }
    if constexpr (requires { Kind::ends(std::declval<Fd>(), spec_); }) {
      return Kind::ends(std::move(fd), spec_);
    } else {
      Fd copy = duplicate(fd);
      return {Sender(std::move(copy), spec_), Receiver(std::move(fd), spec_)};
    }
  }

  BareEnd bare(Side side) {
    Fd fd = open_socket(AF_UNIX, Kind::kSocketType);
    if (side == Side::consumer) {
      unix_address_.bind_to(fd.get());
      return bare_server(std::move(fd));
    }
    unix_address_.connect_at_once(fd.get());
    return bare_client(std::move(fd), "a connected socket");
  }

  [[nodiscard]] std::string address() const { return path_.str(); }
  void unlink() const noexcept { path_.unlink(); }
  [[nodiscard]] Settings settings() const { return settings_; }

 private:
  Fd accept_producer() {
    const Fd listener = open_socket(AF_UNIX, Kind::kSocketType);
    unix_address_.bind_to(listener.get());
    checked(listen(listener.get(), 1), "listen");
    return accept_peer(listener, is_of_same_user);
  }

  Fd connect_to_consumer() {
    Fd fd = open_socket(AF_UNIX, Kind::kSocketType);
    unix_address_.connect_to(fd.get());
    if (!is_of_same_user(fd.get())) throw std::runtime_error("another user listens at " + path_.str());
    return fd;
  }

  static bool is_of_same_user(int fd) {
    ucred peer{};
    socklen_t bytes = sizeof peer;
    checked(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes), "getsockopt(SO_PEERCRED)");
    return peer.uid == geteuid();
  }

  LinkSpec spec_;
  OwnedPath path_;
  UnixAddress unix_address_;
  Settings settings_;
};

}  // namespace ipcbench
