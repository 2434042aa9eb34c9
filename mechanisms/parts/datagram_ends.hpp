// Whole messages over a socket that keeps them apart (datagrams and sequenced packets): one send, one recv.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <stdexcept>

#include "harness/base/fd.hpp"
#include "harness/registry/end_loops.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// Stores at most `n` bytes and returns the length that was sent; -1: nothing has arrived.
inline ssize_t receive_datagram(int fd, std::byte* buffer, std::size_t n) {
  ssize_t got = -1;
  while ((got = recv(fd, buffer, n, MSG_TRUNC)) < 0) {
    if (errno == EAGAIN) return -1;
    if (errno != EINTR) throw_errno("recv");
  }
  return got;
}

class DatagramSender {
 public:
  DatagramSender(Fd fd, const LinkSpec& spec)
      : DatagramSender(std::move(fd), spec.message_bytes, spec.wait) {}

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }

  // A datagram is taken whole or not at all.
  bool commit(std::size_t n) { return send_from({buffer_.data(), n}); }
  bool send_from(std::span<const std::byte> message) {
    while (send(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("send");
    }
    return true;
  }

  void park() { wait_for(fd_.get(), POLLOUT); }

 protected:
  DatagramSender(Fd fd, std::size_t buffer_bytes, Wait wait) : fd_(std::move(fd)), buffer_(buffer_bytes) {
    set_blocking_for(fd_.get(), wait);
  }

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Fd fd_;
  MessageBuffer buffer_;
};

class DatagramReceiver {
 public:
  DatagramReceiver(Fd fd, const LinkSpec& spec) : fd_(std::move(fd)), buffer_(spec.message_bytes) {
    set_blocking_for(fd_.get(), spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    if (!receive_into({buffer_.data(), n})) return {};
    return {buffer_.data(), n};
  }
  bool receive_into(std::span<std::byte> into) {
    const ssize_t got = receive_datagram(fd_.get(), into.data(), into.size());
    if (got < 0) return false;
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    if (static_cast<std::size_t>(got) != into.size())
      throw_wrong_length(static_cast<std::size_t>(got), into.size());
    return true;
  }

  void release() {}
  void park() { wait_for(fd_.get(), POLLIN); }
  [[nodiscard]] int pollable_fd() const { return fd_.get(); }

 protected:
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Fd fd_;
  MessageBuffer buffer_;
};

// Of a connection that keeps messages apart.
inline constexpr LoopTraits kDatagramLoops{.direct = true};
extern template class EndLoops<kDatagramLoops, DatagramSender, DatagramReceiver>;

}  // namespace ipcbench
