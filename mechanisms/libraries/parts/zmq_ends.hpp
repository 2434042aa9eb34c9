// The ends of a connection of ZeroMQ.
#pragma once

#include <cerrno>
#include <memory>
#include <span>
#include <utility>

#include "harness/contract/mechanism.hpp"
#include "mechanisms/libraries/parts/zmq_socket.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// A message in the library's own memory, empty at first.
class ZmqMessage {
 public:
  ZmqMessage() { zmq_msg_init(&message_); }
  ~ZmqMessage() { zmq_msg_close(&message_); }
  ZmqMessage(ZmqMessage&& other) noexcept : ZmqMessage() { zmq_msg_move(&message_, &other.message_); }
  ZmqMessage& operator=(ZmqMessage&&) = delete;

  void resize(std::size_t n) {
    zmq_msg_close(&message_);
    if (zmq_msg_init_size(&message_, n) == 0) return;
    zmq_msg_init(&message_);  // to be closed later
    throw_zmq("zmq_msg_init_size");
  }
  void clear() {
    zmq_msg_close(&message_);
    zmq_msg_init(&message_);
  }
  [[nodiscard]] zmq_msg_t* get() { return &message_; }
  [[nodiscard]] std::span<std::byte> bytes() {
    return {static_cast<std::byte*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)};
  }

 private:
  zmq_msg_t message_{};
};

inline int zmq_flags_for(Wait wait) { return wait == Wait::block ? 0 : ZMQ_DONTWAIT; }

// The message is built in the library's memory, which it hands on without another copy.
class ZmqSender {
 public:
  ZmqSender(std::shared_ptr<ZmqSocket> socket, Wait wait)
      : socket_(std::move(socket)), flags_(zmq_flags_for(wait)) {}

  std::span<std::byte> loan(std::size_t n) {
    message_.resize(n);
    return message_.bytes();
  }
  bool commit(std::size_t) {
    while (zmq_msg_send(message_.get(), socket_->get(), flags_) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_zmq("zmq_msg_send");
    }
    return true;
  }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return socket_->threads_cpu_ns(); }

 private:
  std::shared_ptr<ZmqSocket> socket_;
  int flags_;
  ZmqMessage message_;
};

class ZmqReceiver {
 public:
  ZmqReceiver(std::shared_ptr<ZmqSocket> socket, Wait wait)
      : socket_(std::move(socket)), flags_(zmq_flags_for(wait)) {}

  std::span<const std::byte> peek(std::size_t n) {
    while (zmq_msg_recv(message_.get(), socket_->get(), flags_) < 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_zmq("zmq_msg_recv");
    }
    const std::span<const std::byte> got = message_.bytes();
    if (got.size() != n) throw_wrong_length(got.size(), n);
    return got;
  }
  void release() { message_.clear(); }

 protected:
  [[nodiscard]] const ZmqSocket& socket() const { return *socket_; }

 private:
  std::shared_ptr<ZmqSocket> socket_;
  int flags_;
  ZmqMessage message_;
};

// A receiver that has no sender beside it, which would report the threads that they share.
class ZmqLoneReceiver : public ZmqReceiver {
 public:
  using ZmqReceiver::ZmqReceiver;
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return socket().threads_cpu_ns(); }
};

}  // namespace ipcbench
