// Mechanisms for tests to plant faults in: pairs of connected sockets that keep messages apart.
#pragma once

#include <sys/socket.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/datagram_ends.hpp"

namespace ipcbench {

inline std::array<Fd, 2> connected_sockets(int type) {
  std::array<int, 2> fds{};
  checked(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
  return {Fd(fds[0]), Fd(fds[1])};
}

// A message may be a byte longer than it should.
class PacketSender : public DatagramSender {
 public:
  PacketSender(Fd fd, const LinkSpec& spec)
      : DatagramSender(std::move(fd), spec.message_bytes + 1, spec.wait) {}
  void hang_up() const { shutdown(fd(), SHUT_RDWR); }
};

class PacketReceiver : public DatagramReceiver {
 public:
  using DatagramReceiver::DatagramReceiver;
  void hang_up() const { shutdown(fd(), SHUT_RDWR); }
};

// Any number of ends can hold either socket.
class PacketPair {
 public:
  static constexpr Traits kTraits{.name = "planted_pair",
                                  .summary = "sequenced packets, for planted faults",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .sharing = {.senders = true, .receivers = true}};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<PacketPair> create(const LinkSpec& spec) {
    return std::make_unique<PacketPair>(spec, connected_sockets(SOCK_SEQPACKET));
  }
  static std::unique_ptr<PacketPair> inherit(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    std::array<Fd, 2> sockets;
    sockets[static_cast<std::size_t>(side)] = Fd(numbers[0]);
    return std::make_unique<PacketPair>(spec, std::move(sockets));
  }

  PacketPair(LinkSpec spec, std::array<Fd, 2> sockets)
      : spec_(std::move(spec)), sockets_(std::move(sockets)) {}

  PacketSender sender() { return {socket_of(Side::producer), spec_}; }
  PacketReceiver receiver() { return {socket_of(Side::consumer), spec_}; }
  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const {
    return {{.fd = sockets_[static_cast<std::size_t>(side)].get()}};
  }

 private:
  // In a process of its own, an end closes its peer's socket, so that the peer sees when this end is gone.
  Fd socket_of(Side side) {
    const auto mine = static_cast<std::size_t>(side);
    if (!spec_.one_process) sockets_[1 - mine].reset();
    return take_or_share(sockets_[mine], spec_.one_process);
  }

  LinkSpec spec_;
  std::array<Fd, 2> sockets_;  // by Side
};

}  // namespace ipcbench
