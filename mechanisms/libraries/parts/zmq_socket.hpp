// A socket of ZeroMQ, and what the mechanisms make of it. Contexts do not survive fork(2), so each end makes
// its own.
#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"

namespace ipcbench {

// Throws KernelError, or Error for what only ZeroMQ knows.
[[noreturn]] inline void throw_zmq(const char* call) {
  const int number = zmq_errno();
  if (number >= ZMQ_HAUSNUMERO) throw Error(std::string(call) + ": " + zmq_strerror(number));
  throw_error(number, call, {{ENAMETOOLONG, "set TMPDIR to a shorter path"}});
}

class ZmqSocket {
 public:
  // With a context of its own. type: ZMQ_PAIR and so on.
  explicit ZmqSocket(int type)
      : context_(threads_.started_by([] { return zmq_ctx_new(); }), [](void* made) { zmq_ctx_term(made); }),
        socket_(threads_.started_by([&] { return zmq_socket(context_.get(), type); })) {
    if (!context_ || !socket_) throw_zmq("zmq_socket");
  }
  // In the context of another socket.
  ZmqSocket(const ZmqSocket& other, int type)
      : context_(other.context_), socket_(zmq_socket(context_.get(), type)) {
    if (!socket_) throw_zmq("zmq_socket");
  }

  void set(int option, int value) {
    if (zmq_setsockopt(get(), option, &value, sizeof value) != 0) throw_zmq("zmq_setsockopt");
  }
  void set(int option, std::string_view value) {
    if (zmq_setsockopt(get(), option, value.data(), value.size()) != 0) throw_zmq("zmq_setsockopt");
  }
  [[nodiscard]] int option(int option) const {
    int value = 0;
    std::size_t bytes = sizeof value;
    if (zmq_getsockopt(get(), option, &value, &bytes) != 0) throw_zmq("zmq_getsockopt");
    return value;
  }
  void bind(const std::string& address) {
    while (zmq_bind(get(), address.c_str()) != 0) throw_unless_interrupted("zmq_bind");
  }
  // Returns at once, and tries each millisecond until the other side has bound. It says nothing of a refusal.
  void connect(const std::string& address) {
    set(ZMQ_RECONNECT_IVL, 1);
    while (zmq_connect(get(), address.c_str()) != 0) throw_unless_interrupted("zmq_connect");
  }

  [[nodiscard]] void* get() const { return socket_.get(); }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

 private:
  // A signal ends a call of ZeroMQ before it has done anything.
  static void throw_unless_interrupted(const char* call) {
    if (zmq_errno() != EINTR) throw_zmq(call);
  }

  struct CloseSocket {
    void operator()(void* socket) const { zmq_close(socket); }
  };

  LibraryThreads threads_;
  std::shared_ptr<void> context_;
  std::unique_ptr<void, CloseSocket> socket_;  // closed before its context
};

// ZeroMQ counts messages, not bytes: a thousand of 16 MiB at either end would take all memory.
inline constexpr std::size_t kZmqQueueBytes = std::size_t{16} << 20;
inline constexpr int kZmqOwnHwm = 1000;
inline constexpr Parameter kZmqHwm{
    .name = "hwm",
    .default_text = "1000, ZeroMQ's; of longer messages what 16 MiB hold, at least 1",
    .what = "messages that wait at each end, the high-water marks (ZMQ_SNDHWM, ZMQ_RCVHWM)",
    .min = 1,
    .max = INT_MAX};

// What the mechanisms have in common: how an end's socket is set, and the settings in force.
class ZmqLink {
 public:
  static constexpr std::array kParameters{kZmqHwm};

  explicit ZmqLink(LinkSpec spec) : spec_(std::move(spec)) {}

  [[nodiscard]] Settings settings() const { return settings_; }

 protected:
  // Neither bound nor connected. What has not been sent when it is closed is discarded.
  std::shared_ptr<ZmqSocket> make_socket(int type) {
    auto socket = std::make_shared<ZmqSocket>(type);
    socket->set(ZMQ_LINGER, 0);
    socket->set(ZMQ_SNDHWM, hwm());
    socket->set(ZMQ_RCVHWM, hwm());
    settings_[std::string(kZmqHwm.name)] = static_cast<std::uint64_t>(socket->option(ZMQ_RCVHWM));
    return socket;
  }
  // Waits until the socket file is there, and throws KernelError if it is another user's. The launch's time
  // limit deals with a peer that never comes.
  static void connect_to_file(ZmqSocket& socket, const std::string& path) {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 200'000};
    while (faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
      if (errno != ENOENT) throw_errno("connect");
      nanosleep(&kNap, nullptr);
    }
    socket.connect(kIpc + path);
  }
  static void bind_to_file(ZmqSocket& socket, const std::string& path) { socket.bind(kIpc + path); }
  [[nodiscard]] const LinkSpec& spec() const { return spec_; }

 private:
  static inline const std::string kIpc{"ipc://"};

  [[nodiscard]] int hwm() const {
    if (const auto asked = spec_.parameter(kZmqHwm.name)) return static_cast<int>(*asked);
    const std::size_t fitting = kZmqQueueBytes / std::max<std::size_t>(spec_.message_bytes, 1);
    return std::clamp(static_cast<int>(fitting), 1, kZmqOwnHwm);
  }

  LinkSpec spec_;
  Settings settings_;
};

}  // namespace ipcbench
