// Sending to and receiving from a POSIX queue.
#pragma once

#include <mqueue.h>

#include <cstddef>
#include <ctime>
#include <span>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// priorities: how many its messages have. Each message has a lower one than the message before, so that none
// overtakes another and each has its own place in the kernel's order. The message after the lowest priority,
// 0, would overtake what is still queued, so it waits until the queue is empty.
class PosixQueueSender {
 public:
  PosixQueueSender(Fd queue, std::size_t message_bytes, Wait wait, unsigned priorities)
      : queue_(std::move(queue)),
        buffer_(message_bytes),
        highest_priority_(priorities - 1),
        priority_(highest_priority_) {
    set_blocking_for(queue_.get(), wait);
  }

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }
  bool commit(std::size_t n) {
    if (starts_over_ && !is_empty()) return false;
    while (mq_send(queue_.get(), reinterpret_cast<const char*>(buffer_.data()), n, priority_) != 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("mq_send");
    }
    starts_over_ = priority_ == 0 && highest_priority_ > 0;
    priority_ = priority_ == 0 ? highest_priority_ : priority_ - 1;
    return true;
  }
  // The kernel does not tell when the queue becomes empty, so that case polls.
  void park() {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 20'000};
    if (starts_over_) {
      nanosleep(&kNap, nullptr);
    } else {
      wait_for(queue_.get(), POLLOUT);
    }
  }

 private:
  [[nodiscard]] bool is_empty() const {
    mq_attr now{};
    checked(mq_getattr(queue_.get(), &now), "mq_getattr");
    return now.mq_curmsgs == 0;
  }

  Fd queue_;
  MessageBuffer buffer_;
  unsigned highest_priority_;
  unsigned priority_;  // of the next message
  bool starts_over_ = false;
};

class PosixQueueReceiver {
 public:
  PosixQueueReceiver(Fd queue, std::size_t message_bytes, Wait wait)
      : queue_(std::move(queue)), buffer_(message_bytes) {
    set_blocking_for(queue_.get(), wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    ssize_t got = -1;
    while ((got = mq_receive(queue_.get(), reinterpret_cast<char*>(buffer_.data()), n, nullptr)) < 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_errno("mq_receive");
    }
    if (static_cast<std::size_t>(got) != n) throw_wrong_length(static_cast<std::size_t>(got), n);
    return {buffer_.data(), n};
  }
  void release() {}
  void park() { wait_for(queue_.get(), POLLIN); }

 private:
  Fd queue_;
  MessageBuffer buffer_;
};

}  // namespace ipcbench
