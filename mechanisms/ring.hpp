// A single-producer single-consumer byte ring in memory that two processes share.
//
// Two free-running counters: the producer alone stores `tail` (bytes written), the consumer alone stores
// `head` (bytes read); each is published with release and read with acquire, so the bytes behind it are
// visible with it. Each end keeps its own counter and a stale copy of the other's in private memory and
// reads the shared one only when the copy says full or empty (as rigtorp/SPSCQueue does), so that a
// message costs one transfer of a cache line, not two.
//
// Sleeping: an end that finds nothing to do announces it in its `sleeps` word, looks once more, and waits on
// that word with a futex; its peer looks at the word after each hand-over. Announcement and hand-over are
// two stores that must not pass each other's load (Dekker's pattern), or a wake-up is lost: a sequentially
// consistent fence stands between store and load on both sides.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

namespace ipcbench {

// Two lines: the adjacent-line prefetcher of x86 fetches them in pairs.
inline constexpr std::size_t kNoSharingBytes = 128;

// Where one end sleeps.
class SleepWord {
 public:
  // Sleeps until wake(), unless `ready()` holds once the sleep is announced. May return early.
  template <class Ready>
  void sleep_unless(Ready ready) {
    word_.store(1, std::memory_order_relaxed);
    full_fence();
    if (!ready()) syscall(SYS_futex, &word_, FUTEX_WAIT, 1, nullptr, nullptr, 0);
    word_.store(0, std::memory_order_relaxed);
  }

  // To be called after the store that makes the sleeper ready.
  void wake() {
    full_fence();
    if (word_.load(std::memory_order_relaxed) == 0) [[likely]] {
      return;
    }
    word_.store(0, std::memory_order_relaxed);
    syscall(SYS_futex, &word_, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }

 private:
  void full_fence() {
#ifdef __SANITIZE_THREAD__
    // The thread sanitizer does not know fences. Read-modify-writes of one word order both sides as well.
    word_.fetch_add(0, std::memory_order_seq_cst);
#else
    std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
  }

  std::atomic<std::uint32_t> word_{0};
};

struct RingHeader {
  alignas(kNoSharingBytes) std::atomic<std::uint64_t> tail{0};
  alignas(kNoSharingBytes) std::atomic<std::uint64_t> head{0};
  // Stored to only by an end that falls asleep or wakes the other: elsewhere both read their own cached copy.
  alignas(kNoSharingBytes) SleepWord consumer_sleeps;
  alignas(kNoSharingBytes) SleepWord producer_sleeps;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

// A header and `capacity` bytes behind it, in memory that somebody else owns. capacity: a power of two.
class Ring {
 public:
  static std::size_t memory_bytes(std::size_t capacity) { return sizeof(RingHeader) + capacity; }

  Ring(void* memory, std::size_t capacity)
      : header_(static_cast<RingHeader*>(memory)),
        data_(static_cast<std::byte*>(memory) + sizeof(RingHeader)),
        capacity_(capacity) {}

  // By the creator, once, before any end exists.
  void initialise() { new (header_) RingHeader; }

  [[nodiscard]] RingHeader& header() const { return *header_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  // The bytes at `position`, as many of `n` as lie in one stretch.
  [[nodiscard]] std::span<std::byte> stretch(std::uint64_t position, std::size_t n) const {
    const std::size_t at = static_cast<std::size_t>(position) & (capacity_ - 1);
    return {data_ + at, std::min(n, capacity_ - at)};
  }

 private:
  RingHeader* header_;
  std::byte* data_;
  std::size_t capacity_;
};

class RingSender {
 public:
  explicit RingSender(Ring ring) : ring_(ring), piece_bytes_(ring.capacity() / kPieces) {}

  std::span<std::byte> loan(std::size_t n) {
    const std::span<std::byte> room = ring_.stretch(tail_, std::min(n, piece_bytes_));
    if (!fits(room.size())) {
      head_seen_ = ring_.header().head.load(std::memory_order_acquire);
      if (!fits(room.size())) {
        wanted_ = room.size();
        return {};
      }
    }
    return room;
  }

  bool commit(std::size_t n) {
    tail_ += n;
    ring_.header().tail.store(tail_, std::memory_order_release);
    return true;
  }

  void park() {
    ring_.header().producer_sleeps.sleep_unless([this] {
      head_seen_ = ring_.header().head.load(std::memory_order_acquire);
      return fits(wanted_);
    });
  }
  void unpark_peer() { ring_.header().consumer_sleeps.wake(); }

 private:
  // A message longer than a quarter of the ring goes in pieces of that length, so that one end can copy in
  // while the other copies out.
  static constexpr std::size_t kPieces = 4;

  [[nodiscard]] bool fits(std::size_t n) const { return tail_ - head_seen_ + n <= ring_.capacity(); }

  Ring ring_;
  std::size_t piece_bytes_;
  std::uint64_t tail_ = 0;
  std::uint64_t head_seen_ = 0;
  std::size_t wanted_ = 0;
};

class RingReceiver {
 public:
  explicit RingReceiver(Ring ring) : ring_(ring) {}

  std::span<const std::byte> peek(std::size_t n) {
    if (tail_seen_ == head_) tail_seen_ = ring_.header().tail.load(std::memory_order_acquire);
    const auto waiting = static_cast<std::size_t>(tail_seen_ - head_);
    shown_ = ring_.stretch(head_, std::min(n, waiting)).size();
    return ring_.stretch(head_, shown_);
  }

  void release() {
    head_ += shown_;
    ring_.header().head.store(head_, std::memory_order_release);
  }

  void park() {
    ring_.header().consumer_sleeps.sleep_unless([this] {
      tail_seen_ = ring_.header().tail.load(std::memory_order_acquire);
      return tail_seen_ != head_;
    });
  }
  void unpark_peer() { ring_.header().producer_sleeps.wake(); }

 private:
  Ring ring_;
  std::uint64_t head_ = 0;
  std::uint64_t tail_seen_ = 0;
  std::size_t shown_ = 0;
};

}  // namespace ipcbench
