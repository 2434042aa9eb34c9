// Sending to and receiving from a System V queue.
#pragma once

#include <sys/msg.h>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// The type of the link's messages, and of those that only lengthen the queue.
inline constexpr long kMessageType = 1;
inline constexpr long kOtherType = 2;

// The layout that msgsnd and msgrcv require: the type, then the message.
class TypedBuffer {
 public:
  explicit TypedBuffer(std::size_t message_bytes)
      : words_(std::make_unique<long[]>(1 + (message_bytes + sizeof(long) - 1) / sizeof(long))) {
    words_[0] = kMessageType;
  }
  [[nodiscard]] long* typed() { return words_.get(); }
  [[nodiscard]] std::byte* message() { return reinterpret_cast<std::byte*>(words_.get() + 1); }

 private:
  std::unique_ptr<long[]> words_;
};

// poll(2) does not know these queues, so park() makes the next call, and only that one, sleep.
class CallFlags {
 public:
  explicit CallFlags(Wait wait) : resting_(wait == Wait::block ? 0 : IPC_NOWAIT), next_(resting_) {}
  int take() { return std::exchange(next_, resting_); }
  void sleep_next() { next_ = 0; }

 private:
  int resting_;
  int next_;
};

class SysvQueueSender {
 public:
  SysvQueueSender(int id, std::size_t message_bytes, Wait wait)
      : id_(id), buffer_(message_bytes), flags_(wait) {}

  std::span<std::byte> loan(std::size_t n) { return {buffer_.message(), n}; }
  bool commit(std::size_t n) {
    const int flags = flags_.take();
    while (msgsnd(id_, buffer_.typed(), n, flags) != 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("msgsnd");
    }
    return true;
  }
  void park() { flags_.sleep_next(); }

 private:
  int id_;
  TypedBuffer buffer_;
  CallFlags flags_;
};

// type: the type of the messages to take; 0: any.
class SysvQueueReceiver {
 public:
  SysvQueueReceiver(int id, std::size_t message_bytes, Wait wait, long type)
      : id_(id), buffer_(message_bytes), flags_(wait), type_(type) {}

  std::span<const std::byte> peek(std::size_t n) {
    const int flags = flags_.take();
    ssize_t got = -1;
    while ((got = msgrcv(id_, buffer_.typed(), n, type_, flags)) < 0) {
      if (errno == ENOMSG) return {};
      if (errno != EINTR) throw_errno("msgrcv");
    }
    if (static_cast<std::size_t>(got) != n) throw_wrong_length(static_cast<std::size_t>(got), n);
    return {buffer_.message(), n};
  }
  void release() {}
  void park() { flags_.sleep_next(); }

 private:
  int id_;
  TypedBuffer buffer_;
  CallFlags flags_;
  long type_;
};

}  // namespace ipcbench
