// The ends of a connection of nng. The library does not survive fork(2), so each end opens its own socket. It
// starts its threads, a pool for the whole process, with the first one.
#pragma once

#include <nng/nng.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/libraries/parts/no_memory.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// Throws KernelError, or Error for what only nng knows.
[[noreturn]] inline void throw_nng(int error, const char* call) {
  const auto number = static_cast<unsigned>(error);
  if ((number & NNG_ESYSERR) != 0) {
    throw_error(static_cast<int>(number & ~static_cast<unsigned>(NNG_ESYSERR)), call);
  }
  if (error == NNG_ENOMEM) throw_no_memory(call);
  if (error == NNG_EPERM) throw_error(EACCES, call);
  if (error == NNG_ENOFILES) throw_error(EMFILE, call);
  if (error == NNG_EADDRINVAL)
    throw Error(std::string(call) + ": the path is too long", "set TMPDIR to a shorter path");
  throw Error(std::string(call) + ": " + nng_strerror(error));
}
inline void checked_nng(int error, const char* call) {
  if (error != 0) throw_nng(error, call);
}

class NngSocket {
 public:
  // open: nng_pair0_open and so on.
  explicit NngSocket(int (*open)(nng_socket*)) {
    checked_nng(threads_.started_by([&] { return open(&socket_); }), "nng_open");
  }
  ~NngSocket() { nng_close(socket_); }
  NngSocket(const NngSocket&) = delete;
  NngSocket& operator=(const NngSocket&) = delete;

  void set(const char* option, int value) { checked_nng(nng_socket_set_int(socket_, option, value), option); }
  [[nodiscard]] int option(const char* option) const {
    int value = 0;
    checked_nng(nng_socket_get_int(socket_, option, &value), option);
    return value;
  }
  void listen(const std::string& address) {
    checked_nng(nng_listen(socket_, address.c_str(), nullptr, 0), "nng_listen");
  }
  // Returns when the connection stands. The launch's time limit deals with a peer that never listens.
  void dial(const std::string& address) {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 200'000};
    int error = 0;
    while ((error = nng_dial(socket_, address.c_str(), nullptr, 0)) != 0) {
      if (error != NNG_ECONNREFUSED && error != NNG_ENOENT) throw_nng(error, "nng_dial");
      nanosleep(&kNap, nullptr);
    }
  }

  [[nodiscard]] nng_socket get() const { return socket_; }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

 private:
  LibraryThreads threads_;
  nng_socket socket_ = NNG_SOCKET_INITIALIZER;
};

struct FreeNngMessage {
  void operator()(nng_msg* message) const { nng_msg_free(message); }
};
// A message in the library's own memory, or none.
using NngMessage = std::unique_ptr<nng_msg, FreeNngMessage>;

inline int nng_flags_for(Wait wait) { return wait == Wait::block ? 0 : NNG_FLAG_NONBLOCK; }

// The message is built in the library's memory, which the kernel reads it from.
class NngSender {
 public:
  NngSender(std::shared_ptr<NngSocket> socket, Wait wait)
      : socket_(std::move(socket)), flags_(nng_flags_for(wait)) {}

  std::span<std::byte> loan(std::size_t n) {
    nng_msg* message = nullptr;
    checked_nng(nng_msg_alloc(&message, n), "nng_msg_alloc");
    message_.reset(message);
    return {static_cast<std::byte*>(nng_msg_body(message)), n};
  }
  bool commit(std::size_t) {
    const int error = nng_sendmsg(socket_->get(), message_.get(), flags_);
    if (error == NNG_EAGAIN) return false;
    checked_nng(error, "nng_sendmsg");
    [[maybe_unused]] const nng_msg* const librarys_now = message_.release();
    return true;
  }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return socket_->threads_cpu_ns(); }

 private:
  std::shared_ptr<NngSocket> socket_;
  int flags_;
  NngMessage message_;
};

class NngReceiver {
 public:
  NngReceiver(std::shared_ptr<NngSocket> socket, Wait wait)
      : socket_(std::move(socket)), flags_(nng_flags_for(wait)) {}

  std::span<const std::byte> peek(std::size_t n) {
    nng_msg* message = nullptr;
    const int error = nng_recvmsg(socket_->get(), &message, flags_);
    if (error == NNG_EAGAIN) return {};
    checked_nng(error, "nng_recvmsg");
    message_.reset(message);
    if (const std::size_t got = nng_msg_len(message); got != n) throw_wrong_length(got, n);
    return {static_cast<const std::byte*>(nng_msg_body(message)), n};
  }
  void release() { message_.reset(); }

 protected:
  [[nodiscard]] const NngSocket& socket() const { return *socket_; }

 private:
  std::shared_ptr<NngSocket> socket_;
  int flags_;
  NngMessage message_;
};

// A receiver that has no sender beside it, which would report the threads that they share.
class NngLoneReceiver : public NngReceiver {
 public:
  using NngReceiver::NngReceiver;
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return socket().threads_cpu_ns(); }
};

}  // namespace ipcbench
