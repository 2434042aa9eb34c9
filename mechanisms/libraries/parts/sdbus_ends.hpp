// The ends of a connection of sd-bus. Messages are signals that carry an array of bytes.
#pragma once

#include <systemd/sd-bus.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/contract/mechanism.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// D-Bus Specification, "Valid Signatures" and "Message Format": an array has at most 64 MiB, a message 128.
inline constexpr std::size_t kLongestDbusArray = std::size_t{64} << 20;
inline MessageLimit dbus_limit() {
  return {kLongestDbusArray, "the protocol of D-Bus allows no longer array"};
}

// Throws KernelError if a call of sd-bus returned the negative of an error number.
inline int checked_sdbus(int result, const char* call) {
  if (result < 0) throw_error(-result, call);
  return result;
}

// Calls again what a signal interrupted: any user may send SIGCONT within a session.
template <class Call>
int uninterrupted(const char* name, Call call) {
  int result = -EINTR;
  while (result == -EINTR) result = call();
  return checked_sdbus(result, name);
}

struct UnrefSdbusMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using SdbusMessage = std::unique_ptr<sd_bus_message, UnrefSdbusMessage>;

// server, client: of a connection without a bus. on_bus: of a bus.
enum class SdbusRole { server, client, on_bus };

// Used by the thread that made it.
class SdbusConnection {
 public:
  // Returns when the other side has answered. Throws KernelError.
  SdbusConnection(Fd socket, SdbusRole role, Wait strategy) : waits_(strategy == Wait::block) {
    sd_bus* made = nullptr;
    checked_sdbus(sd_bus_new(&made), "sd_bus_new");
    bus_.reset(made);
    const int fd = socket.release();  // sd-bus closes it
    checked_sdbus(sd_bus_set_fd(made, fd, fd), "sd_bus_set_fd");
    if (role == SdbusRole::server) {
      sd_id128_t name{};
      checked_sdbus(sd_id128_randomize(&name), "sd_id128_randomize");
      checked_sdbus(sd_bus_set_server(made, 1, name), "sd_bus_set_server");
    }
    if (role == SdbusRole::on_bus) checked_sdbus(sd_bus_set_bus_client(made, 1), "sd_bus_set_bus_client");
    checked_sdbus(sd_bus_start(made), "sd_bus_start");
    while (checked_sdbus(sd_bus_is_ready(made), "sd_bus_is_ready") == 0) {
      if (!step()) wait();
    }
  }

  [[nodiscard]] sd_bus* get() const { return bus_.get(); }

  // Writes what does not fit into the socket at first. False: not all of it, because the ends do not sleep.
  bool flush() {
    if (waits_) {
      uninterrupted("sd_bus_flush", [&] { return sd_bus_flush(bus_.get()); });
      return true;
    }
    while (has_unwritten()) {
      if (!step()) return false;
    }
    return true;
  }

  // The next message from the other side, until discard(). Null: none yet, because the ends do not sleep.
  sd_bus_message* receive() {
    while (!arrived_) {
      if (step()) continue;
      if (!waits_) return nullptr;
      wait();
    }
    return arrived_.get();
  }
  void discard() { arrived_.reset(); }

  static constexpr const char* kPath = "/ipcbench";
  static constexpr const char* kInterface = "ipcbench.Link";
  static constexpr const char* kSignal = "Message";

 private:
  struct Close {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
  };

  // Lets sd-bus write, read or handle one message. It reads while it writes, so a message may arrive during
  // flush(); it stays until it is received, and no other is read meanwhile. False: nothing could be done.
  bool step() {
    if (arrived_) return false;
    sd_bus_message* message = nullptr;
    const int moved = checked_sdbus(sd_bus_process(bus_.get(), &message), "sd_bus_process");
    SdbusMessage got(message);
    // A bus has messages of its own for us, about our name.
    if (got && sd_bus_message_is_signal(message, kInterface, kSignal) > 0) arrived_ = std::move(got);
    return moved > 0;
  }
  // Or until a signal comes.
  void wait() {
    const int woken = sd_bus_wait(bus_.get(), UINT64_MAX);
    if (woken != -EINTR) checked_sdbus(woken, "sd_bus_wait");
  }

  [[nodiscard]] bool has_unwritten() const {
    std::uint64_t messages = 0;
    checked_sdbus(sd_bus_get_n_queued_write(bus_.get(), &messages), "sd_bus_get_n_queued_write");
    return messages > 0;
  }

  bool waits_;
  std::unique_ptr<sd_bus, Close> bus_;
  SdbusMessage arrived_;
};

// The payload is written into the message itself.
class SdbusSender {
 public:
  // destination: the name on the bus; empty without a bus.
  SdbusSender(std::shared_ptr<SdbusConnection> connection, std::string destination)
      : connection_(std::move(connection)), destination_(std::move(destination)) {}

  std::span<std::byte> loan(std::size_t n) {
    sd_bus_message* made = nullptr;
    checked_sdbus(sd_bus_message_new_signal(connection_->get(), &made, SdbusConnection::kPath,
                                            SdbusConnection::kInterface, SdbusConnection::kSignal),
                  "sd_bus_message_new_signal");
    message_.reset(made);
    if (!destination_.empty())
      checked_sdbus(sd_bus_message_set_destination(made, destination_.c_str()),
                    "sd_bus_message_set_destination");
    void* room = nullptr;
    checked_sdbus(sd_bus_message_append_array_space(made, 'y', n, &room),
                  "sd_bus_message_append_array_space");
    return {static_cast<std::byte*>(room), n};
  }
  bool commit(std::size_t) {
    if (message_) {
      checked_sdbus(sd_bus_send(connection_->get(), message_.get(), nullptr), "sd_bus_send");
      message_.reset();
    }
    return connection_->flush();
  }

 private:
  std::shared_ptr<SdbusConnection> connection_;
  std::string destination_;
  SdbusMessage message_;
};

class SdbusReceiver {
 public:
  explicit SdbusReceiver(std::shared_ptr<SdbusConnection> connection) : connection_(std::move(connection)) {}

  std::span<const std::byte> peek(std::size_t n) {
    sd_bus_message* const message = connection_->receive();
    if (message == nullptr) return {};
    const void* bytes = nullptr;
    std::size_t got = 0;
    checked_sdbus(sd_bus_message_read_array(message, 'y', &bytes, &got), "sd_bus_message_read_array");
    if (got != n) throw_wrong_length(got, n);
    return {static_cast<const std::byte*>(bytes), n};
  }
  void release() { connection_->discard(); }

 private:
  std::shared_ptr<SdbusConnection> connection_;
};

}  // namespace ipcbench
