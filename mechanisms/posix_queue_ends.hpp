// Sending to and receiving from a POSIX queue.
#pragma once

#include <mqueue.h>

#include <cstddef>
#include <span>

#include "mechanisms/fd.hpp"
#include "mechanisms/message_buffer.hpp"

namespace ipcbench {

class PosixQueueSender {
 public:
  PosixQueueSender(Fd queue, std::size_t message_bytes, Wait wait)
      : queue_(std::move(queue)), buffer_(message_bytes) {
    set_blocking_for(queue_.get(), wait);
  }

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }
  bool commit(std::size_t n) {
    constexpr unsigned kPriority = 0;
    while (mq_send(queue_.get(), reinterpret_cast<const char*>(buffer_.data()), n, kPriority) != 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("mq_send");
    }
    return true;
  }
  void park() { wait_for(queue_.get(), POLLOUT); }

 private:
  Fd queue_;
  MessageBuffer buffer_;
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
