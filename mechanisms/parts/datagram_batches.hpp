// Several datagrams in one system call: sendmmsg(2) and recvmmsg(2).
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include "harness/base/fd.hpp"
#include "harness/registry/end_loops.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// `count` datagrams of one length, one behind the other, and the headers that the calls take.
class DatagramBatch {
 public:
  DatagramBatch(std::size_t message_bytes, std::size_t count)
      : message_bytes_(message_bytes), buffer_(message_bytes * count), pieces_(count), headers_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      pieces_[i] = {message(i), message_bytes};
      headers_[i].msg_hdr.msg_iov = &pieces_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  [[nodiscard]] std::size_t message_bytes() const { return message_bytes_; }
  [[nodiscard]] std::byte* message(std::size_t i) const { return buffer_.data() + i * message_bytes_; }
  [[nodiscard]] std::span<mmsghdr> headers() { return headers_; }

 private:
  std::size_t message_bytes_;
  MessageBuffer buffer_;
  std::vector<iovec> pieces_;
  std::vector<mmsghdr> headers_;
};

class BatchedDatagramSender {
 public:
  BatchedDatagramSender(Fd fd, const LinkSpec& spec)
      : fd_(std::move(fd)), batch_(spec.message_bytes, spec.batch) {
    set_blocking_for(fd_.get(), spec.wait);
  }

  std::span<std::byte> loan(std::size_t n) {
    if (kept_ == batch_.headers().size()) return {};
    return {batch_.message(kept_), n};
  }
  bool commit(std::size_t) {
    ++kept_;
    return true;
  }
  bool flush() {
    return send_kept([this] {
      const auto rest = batch_.headers().subspan(sent_, kept_ - sent_);
      return checked_call(sendmmsg(fd_.get(), rest.data(), static_cast<unsigned>(rest.size()), MSG_NOSIGNAL),
                          "sendmmsg");
    });
  }
  void park() { wait_for(fd_.get(), POLLOUT); }

 protected:
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const DatagramBatch& batch() const { return batch_; }
  [[nodiscard]] std::size_t kept() const { return kept_; }
  [[nodiscard]] std::size_t sent() const { return sent_; }

  // The result; 0: not now. Throws KernelError.
  static std::size_t checked_call(ssize_t result, const char* call) {
    if (result >= 0) return static_cast<std::size_t>(result);
    if (errno != EAGAIN && errno != EINTR) throw_errno(call);
    return 0;
  }

  // send_some(): sends some of the messages from sent() on; returns how many, 0 if it was interrupted or
  // there is no room.
  template <class SendSome>
  bool send_kept(SendSome send_some) {
    while (sent_ < kept_) {
      const std::size_t more = send_some();
      if (more == 0 && errno == EAGAIN) return false;
      sent_ += more;
    }
    sent_ = kept_ = 0;
    return true;
  }

 private:
  Fd fd_;
  DatagramBatch batch_;
  std::size_t kept_ = 0;
  std::size_t sent_ = 0;  // of those
};

// Receives as many as have arrived, a batch at most.
class BatchedDatagramReceiver {
 public:
  BatchedDatagramReceiver(Fd fd, const LinkSpec& spec)
      : BatchedDatagramReceiver(std::move(fd), spec, spec.batch) {}

  std::span<const std::byte> peek(std::size_t n) {
    if (!has_message() && !receive_more()) return {};
    if (next_bytes() == 0) throw std::runtime_error("end of file: the other end is gone");
    return shown(n);
  }
  void release() { ++next_; }
  void park() {
    if (!has_message()) wait_for(fd_.get(), POLLIN);
  }

 protected:
  // most: datagrams that one call may bring.
  BatchedDatagramReceiver(Fd fd, const LinkSpec& spec, std::size_t most)
      : fd_(std::move(fd)), batch_(spec.message_bytes, most) {
    set_blocking_for(fd_.get(), spec.wait);
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] DatagramBatch& batch() { return batch_; }
  [[nodiscard]] bool has_message() const { return next_ < arrived_; }
  // As it was sent, which may be more than there is room for.
  [[nodiscard]] std::size_t next_bytes() { return batch_.headers()[next_].msg_len; }
  [[nodiscard]] std::span<const std::byte> shown(std::size_t n) {
    if (next_bytes() != n) throw_wrong_length(next_bytes(), n);
    return {batch_.message(next_), n};
  }
  // False: nothing has arrived.
  bool receive_more() {
    const std::span<mmsghdr> headers = batch_.headers();
    int got = -1;
    // MSG_WAITFORONE: without it, a call that may sleep would do so until the batch is full.
    while ((got = recvmmsg(fd_.get(), headers.data(), static_cast<unsigned>(headers.size()),
                           MSG_TRUNC | MSG_WAITFORONE, nullptr)) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("recvmmsg");
    }
    has_arrived(static_cast<std::size_t>(got));
    return true;
  }
  void has_arrived(std::size_t messages) {
    next_ = 0;
    arrived_ = messages;
  }

 private:
  Fd fd_;
  DatagramBatch batch_;
  std::size_t next_ = 0;
  std::size_t arrived_ = 0;
};

// Of a connection that keeps messages apart.
inline constexpr LoopTraits kBatchedDatagramLoops{};
extern template class EndLoops<kBatchedDatagramLoops, BatchedDatagramSender, BatchedDatagramReceiver>;

}  // namespace ipcbench
