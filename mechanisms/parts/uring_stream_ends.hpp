// Whole messages over a byte stream, a pipe or a connected socket, through an io_uring. One submission moves
// a message unless the kernel says that it moved less.
//
// The descriptors stay blocking whatever the waiting strategy is: the kernel completes a request when it is
// through, and an end that must not sleep looks whether it is. (With O_NONBLOCK it would complete with
// EAGAIN.)
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include "harness/base/fd.hpp"
#include "harness/contract/mechanism.hpp"
#include "harness/registry/end_loops.hpp"
#include "mechanisms/parts/message_buffer.hpp"
#include "mechanisms/parts/uring.hpp"
#include "mechanisms/parts/uring_buffers.hpp"
#include "mechanisms/parts/uring_poller.hpp"

namespace ipcbench {

inline constexpr Parameter kUringRegistered{.name = "registered",
                                            .default_text = "0",
                                            .what =
                                                "1: the descriptors and the messages' memory are registered "
                                                "with the ring, and used by fixed reads and "
                                                "writes",
                                            .min = 0,
                                            .max = 1};
inline constexpr Parameter kUringMultishot{.name = "multishot",
                                           .default_text = "0",
                                           .what =
                                               "1: a single request receives all messages, into provided "
                                               "buffers, and each completion brings whatever "
                                               "has arrived (Linux 6.0); 0: one request for each message",
                                           .min = 0,
                                           .max = 1};
inline constexpr Parameter kUringSqpoll{
    .name = "sqpoll",
    .default_text = "0",
    .what =
        "1: a thread of the kernel for each side takes the submissions (IORING_SETUP_SQPOLL); it wants a CPU "
        "of "
        "its own, spins for a second after the last one, and its CPU time counts as the side's; 0: each is a "
        "system call",
    .min = 0,
    .max = 1};

// What the ends of a link ask of the ring.
struct UringUse {
  explicit UringUse(const Settings& parameters)
      : registered(is_set(parameters, kUringRegistered)),
        multishot(is_set(parameters, kUringMultishot)),
        sqpoll(is_set(parameters, kUringSqpoll)) {}

  bool registered;
  bool multishot;
  bool sqpoll;

 private:
  static bool is_set(const Settings& parameters, const Parameter& parameter) {
    const auto asked = parameters.find(parameter.name);
    return asked != parameters.end() && asked->second == 1;
  }
};

// The values in force: what cannot be had is an error when an end is made.
inline Settings uring_settings(const Settings& parameters) {
  const UringUse use(parameters);
  return {{std::string(kUringRegistered.name), use.registered},
          {std::string(kUringMultishot.name), use.multishot},
          {std::string(kUringSqpoll.name), use.sqpoll}};
}

enum class UringStream { pipe, socket };

// Common to both ends: a descriptor, the memory of a message, and a request that moves one into the other.
class UringEnd {
 public:
  // Sleeps until the request under way is through. May return early.
  void park() {
    if (!under_way_) return;
    if (wait_ == Wait::poll) {
      wait_for(ring_.fd(), POLLIN);
    } else {
      ring_.enter(1);
    }
  }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return poller_ ? poller_->cpu_ns() : 0; }
  // For the other end of this side, which shares the poller.
  [[nodiscard]] int ring() const { return ring_.fd(); }

 protected:
  // poller_of: the ring whose poller serves this end too; -1: none.
  UringEnd(Fd fd, const LinkSpec& spec, int poller_of)
      : wait_(spec.wait),
        fd_(std::move(fd)),
        buffer_(spec.message_bytes),
        ring_(opened({.wait = spec.wait,
                      .completions = UringBuffers::kCompletions,
                      .polled = UringUse(spec.parameters).sqpoll,
                      .poller_of = poller_of},
                     spec.one_process)) {
    set_blocking_for(fd_.get(), Wait::block);
    ring_.request().fd = fd_.get();
    if (UringUse(spec.parameters).registered) register_all(spec.message_bytes);
  }

  [[nodiscard]] io_uring_sqe& request() const { return ring_.request(); }
  [[nodiscard]] std::byte* data() { return buffer_.data(); }

  // Moves the first n bytes of the buffer's. False: not yet through; to be called again.
  bool move(std::size_t n, const char* call) {
    while (moved_ < n) {
      if (!under_way_) {
        constexpr std::size_t kMostBytes = std::size_t{1} << 30;
        request().addr = address_in_entry(data() + moved_);
        request().len = static_cast<std::uint32_t>(std::min(n - moved_, kMostBytes));
        start();
      }
      const io_uring_cqe* const done = completion();
      if (done == nullptr) return false;
      const int moved = done->res;
      ring_.seen();
      under_way_ = false;
      if (moved > 0) {
        moved_ += static_cast<std::size_t>(moved);
      } else {
        refuse(moved, call);
      }
    }
    return true;
  }
  void forget_moved() { moved_ = 0; }

  void start() {
    ring_.publish();
    under_way_ = true;
    ring_.enter(wait_ == Wait::block ? 1 : 0);
  }
  // Waits for it under `block`; null: none yet.
  const io_uring_cqe* completion() {
    const io_uring_cqe* done = ring_.completion();
    while (done == nullptr && wait_ == Wait::block) {
      ring_.enter(1);
      done = ring_.completion();
    }
    return done;
  }

  // Throws for the result of a request that moved nothing, unless it is to be made again.
  static void refuse(int result, const char* call) {
    if (result == 0) throw std::runtime_error("end of file: the other end is gone");
    if (!try_again(-result)) throw_error(-result, call);
  }

  [[nodiscard]] Uring& uring() { return ring_; }

  std::unique_ptr<UringBuffers> buffers_;  // of a multishot receiver
  bool under_way_ = false;

 private:
  Uring opened(const UringOptions& options, bool one_process) {
    if (!options.polled || options.poller_of >= 0) return Uring(options);
    std::optional<Uring> ring;
    poller_ = UringPoller::started_by([&] { ring.emplace(options); }, one_process);
    return std::move(*ring);
  }

  void register_all(std::size_t message_bytes) {
    constexpr const char* kMoreMemory = "raise ulimit -l (RLIMIT_MEMLOCK), or leave registered at 0";
    iovec memory{.iov_base = data(), .iov_len = message_bytes};
    if (uring_register(ring_.fd(), IORING_REGISTER_BUFFERS, &memory, 1) != 0)
      throw_errno("io_uring_register(IORING_REGISTER_BUFFERS)", {{ENOMEM, kMoreMemory}});
    int number = fd_.get();
    checked(uring_register(ring_.fd(), IORING_REGISTER_FILES, &number, 1),
            "io_uring_register(IORING_REGISTER_FILES)");
    request().fd = 0;  // the first of the registered ones
    request().flags |= IOSQE_FIXED_FILE;
  }

  Wait wait_;
  Fd fd_;
  MessageBuffer buffer_;
  std::optional<UringPoller> poller_;
  Uring ring_;  // destroyed before all memory that a request may be using
  std::size_t moved_ = 0;
};

class UringSender : public UringEnd {
 public:
  UringSender(Fd fd, const LinkSpec& spec, UringStream stream) : UringEnd(std::move(fd), spec, -1) {
    const bool registered = UringUse(spec.parameters).registered;
    if (registered) {
      request().opcode = IORING_OP_WRITE_FIXED;
    } else if (stream == UringStream::pipe) {
      request().opcode = IORING_OP_WRITE;
    } else {
      request().opcode = IORING_OP_SEND;
      request().msg_flags = MSG_WAITALL | MSG_NOSIGNAL;
    }
  }

  std::span<std::byte> loan(std::size_t n) { return {data(), n}; }
  bool commit(std::size_t n) {
    if (!move(n, "write (io_uring)")) return false;
    forget_moved();
    return true;
  }
};

class UringReceiver : public UringEnd {
 public:
  // poller_of: of the sender of this side; -1: none.
  UringReceiver(Fd fd, const LinkSpec& spec, UringStream stream, int poller_of = -1)
      : UringEnd(std::move(fd), spec, poller_of) {
    const UringUse use(spec.parameters);
    if (use.multishot) {
      request().opcode = IORING_OP_RECV;
      request().ioprio = IORING_RECV_MULTISHOT;
      request().flags |= IOSQE_BUFFER_SELECT;
      request().buf_group = UringBuffers::kGroup;
      buffers_ = std::make_unique<UringBuffers>(uring(), spec.message_bytes);
    } else if (use.registered) {
      request().opcode = IORING_OP_READ_FIXED;
    } else if (stream == UringStream::pipe) {
      request().opcode = IORING_OP_READ;
    } else {
      request().opcode = IORING_OP_RECV;
      request().msg_flags = MSG_WAITALL;
    }
  }

  std::span<const std::byte> peek(std::size_t n) {
    if (buffers_) return peek_at_buffer(n);
    if (!move(n, "read (io_uring)")) return {};
    return {data(), n};
  }
  void release() {
    if (buffers_) return release_buffer();
    forget_moved();
  }
  // What is left of a buffer is there without a completion.
  void park() {
    if (left_.empty()) UringEnd::park();
  }

 private:
  std::span<const std::byte> peek_at_buffer(std::size_t n) {
    while (left_.empty()) {
      if (!under_way_) start();
      const io_uring_cqe* const done = completion();
      if (done == nullptr) return {};
      const int result = done->res;
      const std::uint32_t flags = done->flags;
      uring().seen();
      // Without that flag the request has ended: it found no free buffer, or too little room for completions.
      under_way_ = (flags & IORING_CQE_F_MORE) != 0;
      if (result > 0) {
        buffer_ = static_cast<std::uint16_t>(flags >> IORING_CQE_BUFFER_SHIFT);
        left_ = buffers_->received(buffer_, static_cast<std::size_t>(result));
      } else if (result != -ENOBUFS) {
        refuse(result, "receive (io_uring)");
      }
    }
    shown_bytes_ = std::min(n, left_.size());
    return left_.first(shown_bytes_);
  }

  void release_buffer() {
    left_ = left_.subspan(shown_bytes_);
    if (left_.empty()) buffers_->give_back(buffer_);
  }

  std::span<const std::byte> left_;  // of the buffer that was filled last
  std::size_t shown_bytes_ = 0;
  std::uint16_t buffer_ = 0;
};

// The two ends of one side of a connection. They share a poller, which the sender reports.
inline Ends<UringSender, UringReceiver> uring_socket_ends(Fd fd, const LinkSpec& spec) {
  Fd copy = duplicate(fd);
  UringSender sender(std::move(copy), spec, UringStream::socket);
  const int poller_of = UringUse(spec.parameters).sqpoll ? sender.ring() : -1;
  return {std::move(sender), UringReceiver(std::move(fd), spec, UringStream::socket, poller_of)};
}

inline constexpr LoopTraits kUringConnectionLoops{};
extern template class EndLoops<kUringConnectionLoops, UringSender, UringReceiver>;

}  // namespace ipcbench
