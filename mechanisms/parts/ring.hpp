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

#include <linux/futex.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "mechanisms/parts/atomics.hpp"

namespace ipcbench {

// --- Sleeping --------------------------------------------------------------------------------------------
//
// How an end of a ring sleeps, and how its peer wakes it. The same ring with each of these shows what the
// waiting object itself costs.
//
// An end that finds nothing to do announces that, looks once more, and sleeps. Its peer looks for an
// announcement after each hand-over. So each side stores to one word and then loads the other's (Dekker's
// pattern), and at least one of the two loads has to see the other side's store, or a wake-up is lost.
// Release and acquire do not order a store before a later load; that takes a sequentially consistent fence
// between the two on both sides.
//
// A Sleep is in the memory that both ends share, one for each end:
//   sleep_unless(ready)  announces the sleep, then sleeps until wake() unless `ready()`; may return early
//   wake()               to be called after the store that makes the sleeper ready
//   enter()              if it matters which thread sleeps: called by that thread before anything else
//
// testing/ordering/ explores every outcome between the two sides, and finds each weaker order and each step
// that is missing or comes too early.

// For a ring whose ends never sleep.
struct NoSleep {};

// futex(2). The announcement is the very word that the kernel compares before it puts the thread to sleep.
class FutexSleep {
 public:
  template <class Ready>
  void sleep_unless(Ready ready) {
    announced_.store(1, std::memory_order_relaxed);
    full_fence(announced_);
    if (!ready()) futex_call(announced_, FUTEX_WAIT, 1);
    announced_.store(0, std::memory_order_relaxed);
  }

  void wake() {
    full_fence(announced_);
    if (announced_.load(std::memory_order_relaxed) == 0) [[likely]] {
      return;
    }
    announced_.store(0, std::memory_order_relaxed);
    futex_call(announced_, FUTEX_WAKE, 1);
  }

 private:
  // Relaxed throughout: the fences order it against the ring's counters, and futex(2) checks under the lock
  // of the word's queue whether it changed before the sleep began. So the waker takes the announcement back
  // before it wakes. The sleeper takes its own back when it is awake only to save the peer a system call.
  Atomic<std::uint32_t> announced_{0};
};

// Sleeps on any object with wait() and post() that remembers a post() made before the wait(). Whoever takes
// the announcement back decides: if it is the sleeper, nothing is posted; if it is the waker, there is
// exactly one post, and the sleeper always waits for it. So at most one post is ever in flight, and none is
// left for a later sleep or for another ring on which the same thread sleeps.
template <class Object>
class AnnouncedSleep {
 public:
  template <class... Arguments>
  explicit AnnouncedSleep(const Arguments&... of_object) : object_(of_object...) {}

  void enter() requires requires(Object& object) { object.enter(); }
  { object_.enter(); }

  template <class Ready>
  void sleep_unless(Ready ready) {
    announced_.store(1, std::memory_order_release);
    full_fence(announced_);
    if (ready() && take_back()) return;
    object_.wait();
  }

  void wake() {
    full_fence(announced_);
    if (announced_.load(std::memory_order_relaxed) == 0) [[likely]] {
      return;
    }
    if (take_back()) object_.post();
  }

 private:
  bool take_back() { return announced_.exchange(0, std::memory_order_acquire) == 1; }

  // Stored with release and taken back with acquire, so that the waker sees what enter() stored in the
  // object; with relaxed it might not know yet who sleeps. Taking back publishes nothing. It is an exchange
  // so that only one of the two succeeds.
  Atomic<std::uint32_t> announced_{0};
  Object object_;
};

// --- The ring --------------------------------------------------------------------------------------------

// Two cache lines, because the adjacent-line prefetcher of x86 fetches them in pairs.
inline constexpr std::size_t kNoSharingBytes = 128;

template <class Sleep>
concept Sleeps = requires(Sleep& sleep) {
  sleep.sleep_unless([] { return true; });
  sleep.wake();
};

// Sleep: NoSleep, FutexSleep or AnnouncedSleep.
template <class Sleep>
struct RingHeader {
  RingHeader() = default;
  // Each sleep is made from the identifier of its object.
  template <class Object>
  RingHeader(const Object& consumer_object, const Object& producer_object)
      : consumer_sleeps(consumer_object), producer_sleeps(producer_object) {}

  // commit() stores it with release, after writing the bytes it counts; peek() and park() load it with
  // acquire, before reading those. With relaxed on either side, bytes could be read before they are written.
  alignas(kNoSharingBytes) Atomic<std::uint64_t> tail{0};
  // release() stores it with release, after reading the bytes it frees; loan() and park() load it with
  // acquire, before writing there. With relaxed on either side, bytes could be overwritten before they are
  // read.
  alignas(kNoSharingBytes) Atomic<std::uint64_t> head{0};
  // Nothing orders the two counters against each other: an end that sees an old value waits once for nothing
  // and looks again. Only an end that falls asleep must not miss the newest value; the fences in
  // Sleep ensure that.
  //
  // Stored to only by an end that falls asleep or wakes the other; otherwise both read cached copies.
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
