// For tests: mechanisms that work, but not as they should, so that what tries them out has something to find.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/datagram_ends.hpp"

namespace ipcbench::testing {

// Hands over through `Fault::commit(inner, message, number)`, in place of inner.commit().
template <class Fault>
class FaultySender {
 public:
  explicit FaultySender(DatagramSender inner) : inner_(std::move(inner)) {}

  std::span<std::byte> loan(std::size_t n) { return message_ = inner_.loan(n); }
  bool commit(std::size_t) {
    const bool taken = fault_.commit(inner_, message_, number_);
    if (taken) ++number_;
    return taken;
  }
  void park() { inner_.park(); }

 private:
  DatagramSender inner_;
  Fault fault_;
  std::span<std::byte> message_;
  std::uint64_t number_ = 0;
};

// A pair of connected sockets that keep messages apart. `Fault` may also have on_create() and on_attach().
template <class Fault>
class FaultyMechanism {
 public:
  static constexpr Traits kTraits{
      .name = "faulty", .summary = "for tests", .kind = MechanismKind::socket, .made_of = "UNIX socket"};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<FaultyMechanism> create(const LinkSpec& spec) {
    if constexpr (requires { Fault::on_create(); }) Fault::on_create();
    return std::make_unique<FaultyMechanism>(spec);
  }

  explicit FaultyMechanism(LinkSpec spec) : spec_(std::move(spec)) {
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    sockets_ = {Fd(fds[0]), Fd(fds[1])};
  }

  FaultySender<Fault> sender() {
    if constexpr (requires { Fault::on_attach(); }) Fault::on_attach();
    sockets_[1].reset();
    return FaultySender<Fault>(DatagramSender(std::move(sockets_[0]), spec_.message_bytes, spec_.wait));
  }
  DatagramReceiver receiver() {
    sockets_[0].reset();
    return {std::move(sockets_[1]), spec_.message_bytes, spec_.wait};
  }

 private:
  LinkSpec spec_;
  std::array<Fd, 2> sockets_;
};

struct NoFault {
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t) {
    return inner.commit(message.size());
  }
};

struct LosesEveryThird : NoFault {
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t number) {
    return number % 3 == 2 || inner.commit(message.size());
  }
};
// Takes everything and sends nothing.
struct Swallows : NoFault {
  bool commit(DatagramSender&, std::span<std::byte>, std::uint64_t) { return true; }
};
// Sends the first message after the second.
struct SwapsTheFirstTwo : NoFault {
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t number) {
    if (number == 0) {
      held.assign(message.begin(), message.end());
      return true;
    }
    if (!inner.commit(message.size())) return false;
    if (number == 1) {
      std::ranges::copy(held, message.begin());
      inner.commit(message.size());
    }
    return true;
  }
  std::vector<std::byte> held;
};
struct FailsWhenFull : NoFault {
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t) {
    if (inner.commit(message.size())) return true;
    throw_error(ENOBUFS, "send");
  }
};
struct HangsWhenCreated : NoFault {
  static void on_create() { pause(); }
};
struct AbortsWhenCreated : NoFault {
  static void on_create() { std::raise(SIGABRT); }
};
struct CannotBeCreated : NoFault {
  static void on_create() { throw std::runtime_error("no room for it; raise the limit"); }
};
struct HangsWhenAttached : NoFault {
  static void on_attach() { pause(); }
};
struct CrashesWhenAttached : NoFault {
  static void on_attach() { std::raise(SIGSEGV); }
};

}  // namespace ipcbench::testing
