// The kernel's objects as a program without this one's ends would use them, for `ipcbench probe`.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/fd.hpp"
#include "harness/contract/bare.hpp"

namespace ipcbench {

// A descriptor, whichever way it is meant to be used.
inline BareEnd bare_descriptor(Fd descriptor, std::string holds) {
  set_blocking_for(descriptor.get(), Wait::spin);
  const auto fd = std::make_shared<Fd>(std::move(descriptor));
  return {
      std::move(holds),
      "write",
      "read",
      [fd](std::span<const std::byte> bytes) { return write(fd->get(), bytes.data(), bytes.size()); },
      [fd](std::span<std::byte> bytes) { return read(fd->get(), bytes.data(), bytes.size()); },
  };
}

// A connected socket.
inline BareEnd bare_client(Fd descriptor, std::string holds) {
  const auto fd = std::make_shared<Fd>(std::move(descriptor));
  return {
      std::move(holds),
      "send",
      "recv",
      [fd](std::span<const std::byte> bytes) {
        return send(fd->get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      },
      [fd](std::span<std::byte> bytes) { return recv(fd->get(), bytes.data(), bytes.size(), MSG_DONTWAIT); },
  };
}

// A bound datagram socket, which hears everybody and answers whom it heard last.
inline BareEnd bare_post_box(Fd descriptor) {
  struct Peer {
    Fd fd;
    sockaddr_storage address{};
    socklen_t bytes = 0;
  };
  const auto peer = std::make_shared<Peer>(Peer{.fd = std::move(descriptor)});
  return {
      "a bound socket",
      "sendto",
      "recvfrom",
      [peer](std::span<const std::byte> bytes) {
        const auto* const to = peer->bytes > 0 ? reinterpret_cast<sockaddr*>(&peer->address) : nullptr;
        return sendto(peer->fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to,
                      peer->bytes);
      },
      [peer](std::span<std::byte> bytes) {
        auto* const from = reinterpret_cast<sockaddr*>(&peer->address);
        peer->bytes = sizeof peer->address;
        const ssize_t got =
            recvfrom(peer->fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT, from, &peer->bytes);
        if (got < 0) peer->bytes = 0;
        return got;
      },
  };
}

// A listening socket and what accept(2) makes of each caller. Takes from whoever has sent, a whole message at
// a time, and answers the latest.
class BareServer {
 public:
  explicit BareServer(Fd listener) : listener_(std::move(listener)) {
    set_blocking_for(listener_.get(), Wait::spin);
  }

  ssize_t put(std::span<const std::byte> bytes) {
    accept_all();
    if (clients_.empty()) return fail(ENOTCONN);
    return send(clients_[latest_].get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  ssize_t take(std::span<std::byte> bytes) {
    accept_all();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      const std::size_t each = (latest_ + 1 + i) % clients_.size();
      const int fd = clients_[each].get();
      std::byte first{};
      if (recv(fd, &first, 1, MSG_DONTWAIT | MSG_PEEK) < 0) continue;
      latest_ = each;
      // A message that has begun comes whole, or its sender is gone.
      return recv(fd, bytes.data(), bytes.size(), MSG_WAITALL);
    }
    return fail(EAGAIN);
  }

 private:
  static ssize_t fail(int error) {
    errno = error;
    return -1;
  }
  void accept_all() {
    while (Fd client{accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)}) {
      clients_.push_back(std::move(client));
    }
  }

  Fd listener_;
  std::vector<Fd> clients_;
  std::size_t latest_ = 0;
};

// `bound`: to an address, not yet listening.
inline BareEnd bare_server(Fd bound) {
  constexpr int kMostClients = 16;
  checked(listen(bound.get(), kMostClients), "listen");
  const auto server = std::make_shared<BareServer>(std::move(bound));
  return {
      "a listening socket, and one more for each client from accept",
      "send",
      "recv",
      [server](std::span<const std::byte> bytes) { return server->put(bytes); },
      [server](std::span<std::byte> bytes) { return server->take(bytes); },
  };
}

// An object that a process can hold both ways, as the ends' own calls use it: they add nothing to them.
template <class Sender, class Receiver>
BareEnd bare_both(Sender sender, Receiver receiver, const char* put_call, const char* take_call) {
  struct Both {
    Sender sender;
    Receiver receiver;
  };
  const auto both = std::make_shared<Both>(Both{std::move(sender), std::move(receiver)});
  const auto later = [] {
    errno = EAGAIN;
    return ssize_t{-1};
  };
  return {
      "the object",
      put_call,
      take_call,
      [both, later](std::span<const std::byte> bytes) -> ssize_t {
        const std::span<std::byte> room = both->sender.loan(bytes.size());
        if (room.data() == nullptr) return later();
        std::ranges::copy(bytes, room.begin());
        return both->sender.commit(bytes.size()) ? static_cast<ssize_t>(bytes.size()) : later();
      },
      [both, later](std::span<std::byte> bytes) -> ssize_t {
        const std::span<const std::byte> shown = both->receiver.peek(bytes.size());
        if (shown.data() == nullptr) return later();
        std::ranges::copy(shown, bytes.begin());
        both->receiver.release();
        return static_cast<ssize_t>(shown.size());
      },
  };
}

}  // namespace ipcbench
