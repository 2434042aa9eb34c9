// TIPC (AF_TIPC, SOCK_SEQPACKET; https://docs.kernel.org/networking/tipc.html) within one node: a connection
// both ways that keeps messages apart, to an address of a service. The consumer listens, the producer
// connects, which takes until it is accepted: so there is no bare() for the probe, whose callers do not wait.
#include <linux/tipc.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "harness/base/unpredictable.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/datagram_ends.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {
namespace {

Fd open_tipc() { return open_socket(AF_TIPC, SOCK_SEQPACKET); }

// The number that the kernel gave a socket (get_name: getsockname), or its peer's (getpeername).
std::uint32_t socket_number(int fd, int (*get_name)(int, sockaddr*, socklen_t*)) {
  sockaddr_tipc address{};
  socklen_t bytes = sizeof address;
  checked(get_name(fd, reinterpret_cast<sockaddr*>(&address), &bytes), "getsockname or getpeername");
  return address.addr.id.ref;
}

// What both ends know of a link, and no stranger: its service, and how each proves that it belongs to it.
//
// Anybody can connect to a service, bind its address once more, and be told which addresses are bound. So
// each end sends a code of the number of its own socket, which the kernel shows to the other. A stranger who
// takes one and passes it on has another number, and needs another code: a key serves one number only, and
// all codes of the others are then alike probable (multiply-shift hashing, Dietzfelbinger 1996).
class Service {
 public:
  static Service choose() {
    Service service;
    constexpr std::uint32_t kLastReserved = TIPC_RESERVED_TYPES - 1;
    service.words_[0] = std::max<std::uint64_t>(unpredictable_number() >> 32, kLastReserved + 1);
    for (std::size_t i = 1; i < service.words_.size(); ++i) service.words_[i] = unpredictable_number();
    return service;
  }
  // The reverse of str().
  static Service parse(const std::string& text) {
    Service service;
    std::istringstream words(text);
    for (std::uint64_t& word : service.words_) words >> word;
    if (!words) throw std::runtime_error("this is not a TIPC service");
    return service;
  }
  [[nodiscard]] std::string str() const { return fmt::format("{}", fmt::join(words_, " ")); }

  [[nodiscard]] sockaddr_tipc address() const {
    sockaddr_tipc address{};
    address.family = AF_TIPC;
    address.addrtype = TIPC_SERVICE_ADDR;
    address.scope = TIPC_NODE_SCOPE;
    address.addr.name.name = {.type = static_cast<std::uint32_t>(words_[0]),
                              .instance = static_cast<std::uint32_t>(words_[1])};
    return address;
  }
  [[nodiscard]] std::uint32_t code_of(Side side, std::uint32_t socket) const {
    const std::size_t key = side == Side::producer ? 2 : 4;
    return static_cast<std::uint32_t>((words_[key] * socket + words_[key + 1]) >> 32);
  }

 private:
  std::array<std::uint64_t, 6> words_{};  // type, instance, and a key of two words for each side
};

class Tipc {
 public:
  static constexpr Traits kTraits{.name = "tipc",
                                  .summary = "TIPC connection within the node, that keeps messages apart",
                                  .kind = MechanismKind::socket,
                                  .made_of = "TIPC socket",
                                  .kinship = Kinship::named,
                                  .flow = Flow::duplex,
                                  .direct = true};

  static Unavailable available() {
    try {
      static_cast<void>(bound(Service::choose()));
      return std::nullopt;
    } catch (const KernelError& error) {
      return KernelError(error.number(), "cannot make a TIPC socket",
                         "load it (modprobe tipc), or take a kernel that has it (CONFIG_TIPC)")
          .what();
    }
  }
  static MessageLimit message_limit(const Settings&) {
    return {.bytes = TIPC_MAX_USER_MSG_SIZE, .remedy = "no setting raises this limit of TIPC"};
  }

  static std::unique_ptr<Tipc> create(const LinkSpec& spec) {
    return std::make_unique<Tipc>(spec, Service::choose());
  }
  static std::unique_ptr<Tipc> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<Tipc>(spec, Service::parse(address));
  }

  Tipc(LinkSpec spec, const Service& service) : spec_(std::move(spec)), service_(service) {}

  Ends<DatagramSender, DatagramReceiver> attach(Side side) {
    Fd fd = side == Side::consumer ? accept_producer() : connect_to_consumer();
    Fd copy = duplicate(fd);
    return {DatagramSender(std::move(copy), spec_), DatagramReceiver(std::move(fd), spec_)};
  }

  [[nodiscard]] std::string address() const { return service_.str(); }

 private:
  static Fd bound(const Service& service) {
    Fd fd = open_tipc();
    const sockaddr_tipc address = service.address();
    checked(bind(fd.get(), generic(address), sizeof address), "cannot bind to a TIPC service");
    return fd;
  }
  // Hears all callers at once, because a stranger may say nothing.
  Fd accept_producer() {
    const Fd listener = bound(service_);
    checked(listen(listener.get(), SOMAXCONN), "listen");
    std::vector<Fd> callers;
    while (true) {
      std::vector<pollfd> watched{{.fd = listener.get(), .events = POLLIN, .revents = 0}};
      for (const Fd& caller : callers)
        watched.push_back({.fd = caller.get(), .events = POLLIN, .revents = 0});
      if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) throw_errno("poll");
      for (std::size_t i = callers.size(); i > 0; --i) {
        if (watched[i].revents == 0) continue;
        Fd caller = std::move(callers[i - 1]);
        callers.erase(callers.begin() + static_cast<std::ptrdiff_t>(i - 1));
        if (!is_peer(caller, Side::producer)) continue;
        introduce(caller, Side::consumer);
        return caller;
      }
      if (watched[0].revents != 0) {
        Fd caller(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!caller && errno != EINTR && errno != ECONNABORTED) throw_errno("accept4");
        if (caller) callers.push_back(std::move(caller));
      }
    }
  }

  // Waits until the consumer has accepted, for 8 s at a time. A socket that has been refused cannot connect
  // again.
  Fd connect_to_consumer() {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 200'000};
    const sockaddr_tipc address = service_.address();
    while (true) {
      Fd fd = open_tipc();
      if (connect(fd.get(), generic(address), sizeof address) == 0) {
        introduce(fd, Side::producer);
        if (is_peer(fd, Side::consumer)) return fd;
        throw Error("another process answers at the TIPC service of this link");
      }
      constexpr std::array kNotYet{EHOSTUNREACH, ECONNREFUSED, ETIMEDOUT, EINTR};
      if (std::ranges::find(kNotYet, errno) == kNotYet.end()) throw_errno("connect");
      nanosleep(&kNap, nullptr);
    }
  }

  void introduce(const Fd& fd, Side own) const {
    const std::uint32_t code = service_.code_of(own, socket_number(fd.get(), getsockname));
    checked(send(fd.get(), &code, sizeof code, MSG_NOSIGNAL), "send");
  }
  // Waits for its code.
  [[nodiscard]] bool is_peer(const Fd& fd, Side side) const {
    std::uint32_t code = 0;
    ssize_t got = -1;
    while ((got = recv(fd.get(), &code, sizeof code, 0)) < 0 && errno == EINTR) {
    }
    return got == sizeof code && code == service_.code_of(side, socket_number(fd.get(), getpeername));
  }

  LinkSpec spec_;
  Service service_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Tipc);
}  // namespace ipcbench
