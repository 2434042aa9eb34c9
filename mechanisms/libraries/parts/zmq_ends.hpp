// The ends of a connection of ZeroMQ. Contexts do not survive fork(2), so each end makes its own.
#pragma once

#include <zmq.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/contract/mechanism.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

[[noreturn]] inline void throw_zmq(const char* call) {
  throw Error(std::string(call) + ": " + zmq_strerror(zmq_errno()));
}

// One socket with a context of its own.
class ZmqSocket {
 public:
  // type: ZMQ_PAIR and so on.
  explicit ZmqSocket(int type)
      : context_(threads_.started_by([] { return zmq_ctx_new(); })),
        socket_(threads_.started_by([&] { return zmq_socket(context_.get(), type); })) {
    if (!context_ || !socket_) throw_zmq("zmq_socket");
  }

  void set(int option, int value) {
    if (zmq_setsockopt(socket_.get(), option, &value, sizeof value) != 0) throw_zmq("zmq_setsockopt");
  }
  void bind(const std::string& address) {
    if (zmq_bind(socket_.get(), address.c_str()) != 0) throw_zmq("zmq_bind");
  }
  void connect(const std::string& address) {
    if (zmq_connect(socket_.get(), address.c_str()) != 0) throw_zmq("zmq_connect");
  }

  [[nodiscard]] void* get() const { return socket_.get(); }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

 private:
  struct CloseContext {
    void operator()(void* context) const { zmq_ctx_term(context); }
  };
  struct CloseSocket {
    void operator()(void* socket) const { zmq_close(socket); }
  };

  LibraryThreads threads_;
  std::unique_ptr<void, CloseContext> context_;
  std::unique_ptr<void, CloseSocket> socket_;  // closed before its context
};

// The message is built in the library's own memory, which it hands on without another copy.
class ZmqSender {
 public:
  ZmqSender(std::shared_ptr<ZmqSocket> socket, Wait wait)
      : socket_(std::move(socket)), flags_(wait == Wait::block ? 0 : ZMQ_DONTWAIT) {}

  std::span<std::byte> loan(std::size_t n) {
    if (zmq_msg_init_size(&message_, n) != 0) throw_zmq("zmq_msg_init_size");
    return {static_cast<std::byte*>(zmq_msg_data(&message_)), n};
  }
  bool commit(std::size_t) {
    while (zmq_msg_send(&message_, socket_->get(), flags_) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_zmq("zmq_msg_send");
    }
    return true;
  }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return socket_->threads_cpu_ns(); }

 private:
  std::shared_ptr<ZmqSocket> socket_;
  int flags_;
  zmq_msg_t message_{};
};

class ZmqReceiver {
 public:
  ZmqReceiver(std::shared_ptr<ZmqSocket> socket, Wait wait)
      : socket_(std::move(socket)), flags_(wait == Wait::block ? 0 : ZMQ_DONTWAIT) {}

  std::span<const std::byte> peek(std::size_t n) {
    zmq_msg_init(&message_);
    while (zmq_msg_recv(&message_, socket_->get(), flags_) < 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_zmq("zmq_msg_recv");
    }
    const std::size_t got = zmq_msg_size(&message_);
    if (got != n) throw_wrong_length(got, n);
    return {static_cast<const std::byte*>(zmq_msg_data(&message_)), n};
  }
  void release() { zmq_msg_close(&message_); }

 private:
  std::shared_ptr<ZmqSocket> socket_;
  int flags_;
  zmq_msg_t message_{};
};

}  // namespace ipcbench
