// An io_uring(7) with one submission at a time.
//
// Written on the system calls, without liburing: with a single entry in the submission queue, what that
// library would save is shorter than the search for an optional one, and nothing lies between the waiting
// strategies and the moments at which the kernel is entered.
#pragma once

#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

inline int uring_register(int ring, unsigned operation, void* argument, unsigned count) {
  return static_cast<int>(syscall(SYS_io_uring_register, ring, operation, argument, count));
}

// For an address in an entry of the kernel's.
inline std::uint64_t address_in_entry(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory); }

struct UringOptions {
  // Of the end that submits. Under `block` the ring belongs to the thread that makes it, and completes
  // requests only while that thread is in the kernel, which saves interrupting it.
  Wait wait = Wait::spin;
  std::uint32_t completions = 2;  // that the ring holds, a power of two
  bool polled = false;            // a thread of the kernel takes the submissions (IORING_SETUP_SQPOLL)
  int poller_of = -1;             // the ring whose poller serves this one too; -1: a poller of its own
};

// A ring and what its creator was told about its memory.
struct OpenRing {
  Fd fd;
  io_uring_params layout{};
};

// Tries the flags from the best on, because kernels before 5.19 and 6.1 refuse those that they do not know.
// -1 and errno: refused.
inline OpenRing try_open_ring(const UringOptions& options) {
  constexpr unsigned kInOwnCalls = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  constexpr std::array kForBlock{kInOwnCalls, IORING_SETUP_COOP_TASKRUN, 0U};
  OpenRing ring;
  for (const unsigned flags : kForBlock) {
    const bool blocks = options.wait == Wait::block && !options.polled;
    if (!blocks && flags != 0) continue;
    ring.layout = {};
    ring.layout.flags = flags | IORING_SETUP_CQSIZE;
    ring.layout.cq_entries = options.completions;
    if (options.polled) ring.layout.flags |= IORING_SETUP_SQPOLL;
    if (options.poller_of >= 0) {
      ring.layout.flags |= IORING_SETUP_ATTACH_WQ;
      ring.layout.wq_fd = static_cast<std::uint32_t>(options.poller_of);
    }
    ring.fd = Fd(static_cast<int>(syscall(SYS_io_uring_setup, 1, &ring.layout)));
    if (ring.fd || errno != EINVAL) break;
  }
  return ring;
}

// Throws KernelError.
inline OpenRing open_ring(const UringOptions& options) {
  OpenRing ring = try_open_ring(options);
  if (!ring.fd) throw_errno("io_uring_setup", {{ENOMEM, "raise ulimit -l (RLIMIT_MEMLOCK)"}});
  return ring;
}

class Uring {
 public:
  // Throws KernelError.
  explicit Uring(const UringOptions& options) : Uring(open_ring(options)) {}
  // A ring that may have been made elsewhere. layout: its own, or that of a ring made with the same options.
  explicit Uring(OpenRing ring)
      : fd_(std::move(ring.fd)),
        queues_(queue_bytes(ring.layout), PROT_READ | PROT_WRITE, kShared, fd_.get(), IORING_OFF_SQ_RING),
        entries_(sizeof(io_uring_sqe), PROT_READ | PROT_WRITE, kShared, fd_.get(), IORING_OFF_SQES),
        polled_((ring.layout.flags & IORING_SETUP_SQPOLL) != 0),
        capacity_(ring.layout.cq_entries),
        submitted_(word(ring.layout.sq_off.tail)),
        flags_(word(ring.layout.sq_off.flags)),
        head_(word(ring.layout.cq_off.head)),
        tail_(word(ring.layout.cq_off.tail)),
        completions_(reinterpret_cast<io_uring_cqe*>(at(ring.layout.cq_off.cqes))) {
    *word(ring.layout.sq_off.array) = 0;
  }
  // Cancels what is under way, so that the kernel writes to no memory that is freed after this.
  ~Uring() {
    if (!fd_) return;
    io_uring_sync_cancel_reg all{};
    all.fd = -1;
    all.flags = IORING_ASYNC_CANCEL_ANY;
    all.timeout.tv_sec = 1;
    uring_register(fd_.get(), IORING_REGISTER_SYNC_CANCEL, &all, 1);
  }
  Uring(Uring&&) noexcept = default;
  Uring& operator=(Uring&&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }

  // --- Submitting ---------------------------------------------------------------------------------------

  // The only entry. It keeps its content, so that a message changes only what differs from the one before.
  // Not to be changed while a submission of it is under way.
  [[nodiscard]] io_uring_sqe& request() const { return *static_cast<io_uring_sqe*>(entries_.data()); }

  // Puts the entry into the queue. The kernel learns of it from enter(), or its poller by itself.
  void publish() {
    std::atomic_ref(*submitted_).store(++published_, std::memory_order_release);
    if (!polled_) ++untaken_;
  }

  // Hands over what was published, and sleeps until `completions` (0 or 1) are there. May return early.
  // Throws KernelError.
  void enter(unsigned completions, unsigned flags = 0) {
    if (completions != 0) flags |= IORING_ENTER_GETEVENTS;
    if (polled_) {
      if (poller_sleeps()) flags |= IORING_ENTER_SQ_WAKEUP;
      if (flags == 0) return;
    }
    const long taken = syscall(SYS_io_uring_enter, fd_.get(), untaken_, completions, flags, nullptr, 0);
    if (taken >= 0) {
      untaken_ -= std::min(untaken_, static_cast<unsigned>(taken));
    } else if (errno != EINTR) {
      throw_errno("io_uring_enter");
    }
  }

  // --- Completions, without a system call ----------------------------------------------------------------

  // How many are there. Other processes may add some, or take some away.
  [[nodiscard]] std::uint32_t waiting() const {
    return std::atomic_ref(*tail_).load(std::memory_order_acquire) -
           std::atomic_ref(*head_).load(std::memory_order_acquire);
  }
  [[nodiscard]] std::uint32_t capacity() const { return capacity_; }
  // Whether more arrived than the ring holds. The kernel keeps them, and adds them when it is entered.
  [[nodiscard]] bool overflowed() const {
    return (std::atomic_ref(*flags_).load(std::memory_order_relaxed) & IORING_SQ_CQ_OVERFLOW) != 0;
  }

  // The oldest; null: none yet.
  [[nodiscard]] const io_uring_cqe* completion() const {
    const std::uint32_t head = std::atomic_ref(*head_).load(std::memory_order_relaxed);
    if (std::atomic_ref(*tail_).load(std::memory_order_acquire) == head) return nullptr;
    return completions_ + (head & (capacity_ - 1));
  }
  // Done with that one.
  void seen() {
    std::atomic_ref head(*head_);
    head.store(head.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

 private:
  static constexpr int kShared = MAP_SHARED | MAP_POPULATE;

  static std::size_t queue_bytes(const io_uring_params& layout) {
    return std::max(layout.sq_off.array + layout.sq_entries * sizeof(std::uint32_t),
                    layout.cq_off.cqes + layout.cq_entries * sizeof(io_uring_cqe));
  }
  [[nodiscard]] std::byte* at(std::uint32_t offset) const {
    return static_cast<std::byte*>(queues_.data()) + offset;
  }
  [[nodiscard]] std::uint32_t* word(std::uint32_t offset) const {
    return reinterpret_cast<std::uint32_t*>(at(offset));
  }

  // The poller announces its sleep and then looks at the queue once more; the fence is this side's part of
  // that.
  [[nodiscard]] bool poller_sleeps() const {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return (std::atomic_ref(*flags_).load(std::memory_order_relaxed) & IORING_SQ_NEED_WAKEUP) != 0;
  }

  Fd fd_;
  Mapping queues_;
  Mapping entries_;
  bool polled_;
  std::uint32_t capacity_;
  std::uint32_t* submitted_;
  std::uint32_t* flags_;
  std::uint32_t* head_;
  std::uint32_t* tail_;
  io_uring_cqe* completions_;
  std::uint32_t published_ = 0;  // submissions in all
  std::uint32_t untaken_ = 0;    // of those, not yet handed over
};

}  // namespace ipcbench
