// A single-producer single-consumer byte ring in memory that two processes share.
//
// There are two free-running counters. Only the producer stores `tail` (bytes written), only the consumer
// stores `head` (bytes read). Each is published with release and read with acquire, so the bytes it counts
// are visible with it. Each end keeps its own counter and a stale copy of the other's in private memory, and
// reads the shared one only when the copy says full or empty (as rigtorp/SPSCQueue does), so that a message
// costs one transfer of a cache line, not two.
//
// testing/ordering/ runs this very code through everything that C++'s memory model allows its ends to see. It
// does so again with each order weakened, and each of these fails.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "mechanisms/parts/atomics.hpp"
#include "mechanisms/parts/ring_sleep.hpp"

namespace ipcbench {

// Two cache lines, because the adjacent-line prefetcher of x86 fetches them in pairs.
inline constexpr std::size_t kNoSharingBytes = 128;

template <class Sleep>
concept Sleeps = requires(Sleep& sleep) {
  sleep.sleep_unless([] { return true; });
  sleep.wake();
};

// Sleep: one of ring_sleep.hpp.
template <class Sleep>
struct RingHeader {
  RingHeader() = default;
  // Each sleep is made from the identifier of its object.
  template <class Object>
  RingHeader(const Object& consumer_object, const Object& producer_object)
      : consumer_sleeps(consumer_object), producer_sleeps(producer_object) {}

  // commit() stores it with release, after writing the bytes it counts; peek() and park() load it with
  // acquire, before those are read. With relaxed on either side the consumer could read bytes before they are
  // written.
  alignas(kNoSharingBytes) Atomic<std::uint64_t> tail{0};
  // release() stores it with release, after the last read of the bytes it frees; loan() and park() load it
  // with acquire, before those are written again. With relaxed on either side bytes could be overwritten
  // before they are read.
  alignas(kNoSharingBytes) Atomic<std::uint64_t> head{0};
  // Nothing orders the two counters against each other: an end that sees an old value waits once for nothing
  // and looks again. Only an end that falls asleep must not miss the newest value; ring_sleep.hpp ensures
  // that.
  //
  // These are stored to only by an end that falls asleep or wakes the other; otherwise both read cached
  // copies.
  alignas(kNoSharingBytes) Sleep consumer_sleeps;
  alignas(kNoSharingBytes) Sleep producer_sleeps;
};
static_assert(Atomic<std::uint64_t>::is_always_lock_free);

// A header followed by `capacity` bytes, in memory that somebody else owns. capacity: a power of two.
template <class Sleep>
class Ring {
 public:
  using Header = RingHeader<Sleep>;

  static std::size_t memory_bytes(std::size_t capacity) { return sizeof(Header) + capacity; }

  Ring(void* memory, std::size_t capacity)
      : header_(static_cast<Header*>(memory)),
        data_(static_cast<std::byte*>(memory) + sizeof(Header)),
        capacity_(capacity) {}

  // Called once by the creator, before any end exists. Takes the header's arguments.
  template <class... Objects>
  void initialise(const Objects&... to_sleep_on) {
    new (header_) Header(to_sleep_on...);
  }

  // Called by the thread that is going to sleep there.
  static void enter(Sleep& sleep) {
    if constexpr (requires { sleep.enter(); }) sleep.enter();
  }

  [[nodiscard]] Header& header() const { return *header_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  // Up to `n` bytes at `position`: as many as are contiguous.
  [[nodiscard]] std::span<std::byte> stretch(std::uint64_t position, std::size_t n) const {
    const std::size_t at = static_cast<std::size_t>(position) & (capacity_ - 1);
    return {data_ + at, std::min(n, capacity_ - at)};
  }

 private:
  Header* header_;
  std::byte* data_;
  std::size_t capacity_;
};

// Each end is made by the thread that uses it.
template <class Sleep>
class RingSender {
 public:
  explicit RingSender(Ring<Sleep> ring) : ring_(ring), piece_bytes_(ring.capacity() / kPieces) {
    Ring<Sleep>::enter(ring_.header().producer_sleeps);
  }

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

  void park() requires Sleeps<Sleep> {
    ring_.header().producer_sleeps.sleep_unless([this] {
      head_seen_ = ring_.header().head.load(std::memory_order_acquire);
      return fits(wanted_);
    });
  }
  void unpark_peer() requires Sleeps<Sleep> { ring_.header().consumer_sleeps.wake(); }

 private:
  // A message longer than a quarter of the ring goes in pieces of that length, so that one end can copy in
  // while the other copies out.
  static constexpr std::size_t kPieces = 4;

  [[nodiscard]] bool fits(std::size_t n) const { return tail_ - head_seen_ + n <= ring_.capacity(); }

  Ring<Sleep> ring_;
  std::size_t piece_bytes_;
  std::uint64_t tail_ = 0;
  std::uint64_t head_seen_ = 0;
  std::size_t wanted_ = 0;
};

template <class Sleep>
class RingReceiver {
 public:
  explicit RingReceiver(Ring<Sleep> ring) : ring_(ring) {
    Ring<Sleep>::enter(ring_.header().consumer_sleeps);
  }

  std::span<const std::byte> peek(std::size_t n) {
    if (tail_seen_ == head_) tail_seen_ = ring_.header().tail.load(std::memory_order_acquire);
    const auto waiting = static_cast<std::size_t>(tail_seen_ - head_);
    if (waiting == 0) return {};
    shown_ = ring_.stretch(head_, std::min(n, waiting)).size();
    return ring_.stretch(head_, shown_);
  }

  void release() {
    head_ += shown_;
    ring_.header().head.store(head_, std::memory_order_release);
  }

  void park() requires Sleeps<Sleep> {
    ring_.header().consumer_sleeps.sleep_unless([this] {
      tail_seen_ = ring_.header().tail.load(std::memory_order_acquire);
      return tail_seen_ != head_;
    });
  }
  void unpark_peer() requires Sleeps<Sleep> { ring_.header().producer_sleeps.wake(); }

 private:
  Ring<Sleep> ring_;
  std::uint64_t head_ = 0;
  std::uint64_t tail_seen_ = 0;
  std::size_t shown_ = 0;
};

}  // namespace ipcbench
