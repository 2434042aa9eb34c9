// Sending and receiving through an eventfd(2): a counter in the kernel.
//
// Tokens are counted. Bytes are the counter's value itself, with the top bit set. Adding a second such value
// would overflow, which the kernel refuses until the first has been read, so the counter is a mailbox of one
// slot with the kernel's own flow control.
#pragma once

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cstdint>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

using EventPayload = WordPayload<eventfd_t>;

// An eventfd for messages of that length. For tokens it is a semaphore, from which each read takes 1;
// otherwise a read takes the whole value.
inline Fd open_event(std::size_t message_bytes) {
  const int flags = EFD_CLOEXEC | (message_bytes == 0 ? EFD_SEMAPHORE : 0);
  return Fd(checked(eventfd(0, flags), "eventfd"));
}

// Sleeps until somebody reads. poll(2) calls an eventfd writable if 1 can be added, which is possible even
// beside a value that fills the slot; an edge-triggered epoll reports each read.
class EventReads {
 public:
  explicit EventReads(int event) : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
    epoll_event watched{.events = EPOLLOUT | EPOLLET, .data = {}};
    checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, event, &watched), "epoll_ctl");
  }
  void wait() const {
    epoll_event read{};
    if (epoll_wait(epoll_.get(), &read, 1, -1) < 0 && errno != EINTR) throw_errno("epoll_wait");
  }

 private:
  Fd epoll_;
};

class EventSender {
 public:
  EventSender(Fd event, Wait wait) : event_(std::move(event)), reads_(event_.get()) {
    set_blocking_for(event_.get(), wait);
  }

  std::span<std::byte> loan(std::size_t n) { return payload_.bytes(n); }
  bool commit(std::size_t n) {
    constexpr eventfd_t kFull = eventfd_t{1} << 63;
    const eventfd_t value = n == 0 ? 1 : kFull | payload_.word();
    while (eventfd_write(event_.get(), value) != 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("eventfd_write");
    }
    return true;
  }
  void park() { reads_.wait(); }

 private:
  Fd event_;
  EventReads reads_;
  EventPayload payload_;
};

class EventReceiver {
 public:
  EventReceiver(Fd event, Wait wait) : event_(std::move(event)) { set_blocking_for(event_.get(), wait); }

  std::span<const std::byte> peek(std::size_t n) {
    eventfd_t value = 0;
    while (eventfd_read(event_.get(), &value) != 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_errno("eventfd_read");
    }
    payload_.assign(value);
    return payload_.bytes(n);
  }
  void release() {}
  void park() { wait_for(event_.get(), POLLIN); }
  [[nodiscard]] int pollable_fd() const { return event_.get(); }

 private:
  Fd event_;
  EventPayload payload_;
};

}  // namespace ipcbench
