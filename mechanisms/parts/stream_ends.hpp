// Whole messages over a byte stream. Only here is there a loop over partial reads and writes.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>

#include "harness/base/fd.hpp"
#include "harness/contract/mechanism.hpp"
#include "harness/registry/end_loops.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

class StreamSender {
 public:
  StreamSender(Fd fd, const LinkSpec& spec) : StreamSender(std::move(fd), spec.message_bytes, spec.wait) {}

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }

  bool commit(std::size_t n) { return write_all(buffer_.data(), n); }
  bool send_from(std::span<const std::byte> message) { return write_all(message.data(), message.size()); }

  void park() { wait_for(fd_.get(), POLLOUT); }

 protected:
  StreamSender(Fd fd, std::size_t buffer_bytes, Wait wait) : fd_(std::move(fd)), buffer_(buffer_bytes) {
    set_blocking_for(fd_.get(), wait);
  }

 private:
  bool write_all(const std::byte* message, std::size_t n) {
    while (written_ < n) {
      const ssize_t got = write(fd_.get(), message + written_, n - written_);
      if (got >= 0) {
        written_ += static_cast<std::size_t>(got);
      } else if (errno == EAGAIN) {
        return false;
      } else if (errno != EINTR) {
        throw_errno("write");
      }
    }
    written_ = 0;
    return true;
  }

  Fd fd_;
  MessageBuffer buffer_;
  std::size_t written_ = 0;
};

class StreamReceiver {
 public:
  StreamReceiver(Fd fd, const LinkSpec& spec) : fd_(std::move(fd)), buffer_(spec.message_bytes) {
    set_blocking_for(fd_.get(), spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    if (!read_all(buffer_.data(), n)) return {};
    return {buffer_.data(), n};
  }
  void release() { read_ = 0; }

  bool receive_into(std::span<std::byte> into) {
    if (!read_all(into.data(), into.size())) return false;
    read_ = 0;
    return true;
  }

  void park() { wait_for(fd_.get(), POLLIN); }
  [[nodiscard]] int pollable_fd() const { return fd_.get(); }

 private:
  bool read_all(std::byte* into, std::size_t n) {
    while (read_ < n) {
      const ssize_t got = read(fd_.get(), into + read_, n - read_);
      if (got > 0) {
        read_ += static_cast<std::size_t>(got);
      } else if (got == 0) {
        throw std::runtime_error("end of file: the other end is gone");
      } else if (errno == EAGAIN) {
        return false;
      } else if (errno != EINTR) {
        throw_errno("read");
      }
    }
    return true;
  }

  Fd fd_;
  MessageBuffer buffer_;
  std::size_t read_ = 0;
};

// One write(2) for a batch.
class BatchedStreamSender : private StreamSender {
 public:
  BatchedStreamSender(Fd fd, const LinkSpec& spec)
      : StreamSender(std::move(fd), spec.message_bytes * spec.batch, spec.wait),
        capacity_(spec.message_bytes * spec.batch) {}

  std::span<std::byte> loan(std::size_t n) {
    if (kept_ + n > capacity_) return {};
    return StreamSender::loan(kept_ + n).subspan(kept_);
  }
  bool commit(std::size_t n) {
    kept_ += n;
    return true;
  }
  bool flush() {
    if (!StreamSender::commit(kept_)) return false;
    kept_ = 0;
    return true;
  }
  using StreamSender::park;

 private:
  std::size_t capacity_;
  std::size_t kept_ = 0;  // bytes
};

// One read(2) for as much of a batch as has arrived.
class BatchedStreamReceiver {
 public:
  BatchedStreamReceiver(Fd fd, const LinkSpec& spec)
      : fd_(std::move(fd)),
        capacity_(spec.message_bytes * spec.batch),
        message_bytes_(spec.message_bytes),
        buffer_(capacity_) {
    set_blocking_for(fd_.get(), spec.wait);
  }

  // The buffer holds whole messages, and each begins at a multiple of their length: the rest of one that has
  // arrived in part has its place behind it.
  std::span<const std::byte> peek(std::size_t n) {
    while (!has_message()) {
      if (shown_ == read_) shown_ = read_ = 0;
      if (!read_more()) return {};
    }
    return {buffer_.data() + shown_, n};
  }
  void release() { shown_ += message_bytes_; }

  void park() {
    if (!has_message()) wait_for(fd_.get(), POLLIN);
  }

 private:
  [[nodiscard]] bool has_message() const { return read_ - shown_ >= message_bytes_; }

  bool read_more() {
    ssize_t got = -1;
    while ((got = read(fd_.get(), buffer_.data() + read_, capacity_ - read_)) < 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("read");
    }
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    read_ += static_cast<std::size_t>(got);
    return true;
  }

  Fd fd_;
  std::size_t capacity_;
  std::size_t message_bytes_;
  MessageBuffer buffer_;
  std::size_t shown_ = 0;  // what peek() has given and release() has taken back
  std::size_t read_ = 0;
};

// Both ends that one side of a connection holds.
template <class Sender = StreamSender, class Receiver = StreamReceiver>
Ends<Sender, Receiver> stream_ends(Fd fd, const LinkSpec& spec) {
  Fd copy = duplicate(fd);
  return {Sender(std::move(copy), spec), Receiver(std::move(fd), spec)};
}

// Of a connection, and of a pipe, which several ends can share.
inline constexpr LoopTraits kConnectionLoops{.direct = true};
inline constexpr LoopTraits kPipeLoops{.fans = true, .direct = true};
extern template class EndLoops<kConnectionLoops, StreamSender, StreamReceiver>;
extern template class EndLoops<kPipeLoops, StreamSender, StreamReceiver>;
// Of both, in batches.
inline constexpr LoopTraits kBatchedStreamLoops{};
extern template class EndLoops<kBatchedStreamLoops, BatchedStreamSender, BatchedStreamReceiver>;

}  // namespace ipcbench
