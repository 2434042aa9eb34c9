// A single-producer single-consumer byte ring in memory that two processes share.
//
// There are two free-running counters. Only the producer stores `tail` (bytes written), only the consumer
// stores `head` (bytes read). Each is published with release and read with acquire, so the bytes it counts
// are visible with it. Each end keeps its own counter and a stale copy of the other's in private memory, and
// reads the shared one only when the copy says full or empty (as rigtorp/SPSCQueue does), so that a message
// costs one transfer of a cache line, not two.
//
// Each end sees the data twice in a row (mirrored_view.hpp), so that a message never wraps around: whatever
// fits lies in one stretch.
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

#include "harness/base/mapping.hpp"
#include "mechanisms/parts/atomics.hpp"
#include "mechanisms/parts/sleeping.hpp"

namespace ipcbench {

// Two cache lines, because the adjacent-line prefetcher of x86 fetches them in pairs.
inline constexpr std::size_t kNoSharingBytes = 128;

// What the creator has made, at the beginning of the memory. Written before anybody else knows the memory.
struct RingIdentity {
  static constexpr std::uint64_t kMagic = 0x676e'6972'6370'6962;  // "bipcring"
  static constexpr std::uint32_t kVersion = 1;                    // a new one for each change of RingHeader

  std::uint64_t magic = kMagic;
  std::uint32_t version = kVersion;
  bool asymmetric = false;  // the ends use light and heavy fences (atomics.hpp)
  std::uint64_t capacity = 0;
};

// Sleep: NoSleep, SleepOnWord (FutexSleep), AnnouncedSleep or CpuWatch.
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

// In memory that somebody else owns: the identity, on a page or more of their own with the header, then
// `capacity` bytes twice in a row. capacity: a power of two.
template <class Sleep>
class Ring {
 public:
  using Header = RingHeader<Sleep>;

  // What comes before the data, which begins on a page so that it can be mapped twice.
  static std::size_t header_bytes() { return whole_pages(kIdentityBytes + sizeof(Header)); }
  // Without the second appearance of the data.
  static std::size_t memory_bytes(std::size_t capacity) { return header_bytes() + capacity; }

  Ring(void* memory, std::size_t capacity)
      : data_(static_cast<std::byte*>(memory) + header_bytes()), capacity_(capacity) {}

  // Called once by the creator, before any end exists. asymmetric: the ends use light and heavy fences.
  template <class... Objects>
  void initialise(bool asymmetric, const Objects&... to_sleep_on) {
    new (&identity()) RingIdentity{.asymmetric = asymmetric, .capacity = capacity_};
    new (&header()) Header(to_sleep_on...);
  }

  // Called by the thread that is going to sleep on `own`. Throws KernelError.
  [[nodiscard]] Waker enter(Sleep& own) const {
    if constexpr (requires { own.enter(); }) own.enter();
    return Waker(Sleeps<Sleep> && identity().asymmetric);
  }

  [[nodiscard]] RingIdentity& identity() const {
    return *reinterpret_cast<RingIdentity*>(data_ - header_bytes());
  }
  // Directly before the data: with a single address for both, the loops keep one register more.
  [[nodiscard]] Header& header() const { return *reinterpret_cast<Header*>(data_ - sizeof(Header)); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  // `n` bytes at `position`, at most `capacity`.
  [[nodiscard]] std::span<std::byte> stretch(std::uint64_t position, std::size_t n) const {
    return {data_ + (static_cast<std::size_t>(position) & (capacity_ - 1)), n};
  }

 private:
  static constexpr std::size_t kIdentityBytes = kNoSharingBytes;
  static_assert(sizeof(RingIdentity) <= kIdentityBytes);

  std::byte* data_;
  std::size_t capacity_;
};

// Each end is made by the thread that uses it.
template <class Sleep>
class RingSender {
 public:
  // one_cpu: both ends run on one CPU. A sender that sleeps until there is room is then woken when half of
  // the ring is free, not at the first free byte: the two cannot work at the same time anyway, and take turns
  // half as often. Between two CPUs, waking it early lets both copy at once.
  explicit RingSender(Ring<Sleep> ring, bool one_cpu = false)
      : ring_(ring),
        waker_(ring.enter(ring.header().producer_sleeps)),
        piece_bytes_(ring.capacity() / kPieces),
        rest_bytes_(one_cpu ? ring.capacity() / 2 : 0) {}

  // Room for all of it if the ring can hold that much, else for a piece.
  [[gnu::always_inline]] std::span<std::byte> loan(std::size_t n) {
    if (!fits(n)) {
      if (n > ring_.capacity()) n = piece_bytes_;
      head_seen_ = ring_.header().head.load(std::memory_order_acquire);
      if (!fits(n)) {
        wanted_ = n;
        return {};
      }
    }
    return ring_.stretch(tail_, n);
  }

  bool commit(std::size_t n) {
    tail_ += n;
    ring_.header().tail.store(tail_, std::memory_order_release);
    return true;
  }

  // A message that is copied in goes in pieces of that length, so that one end can copy in while the other
  // copies out.
  [[nodiscard]] std::size_t piece_bytes() const { return piece_bytes_; }

  void park() requires Sleeps<Sleep> {
    ring_.header().producer_sleeps.sleep_unless([this] { return has_room(); }, wake_at());
  }
  void unpark_peer() requires Sleeps<Sleep> { ring_.header().consumer_sleeps.wake(waker_, tail_); }
  void watch() requires WatchesCounter<Sleep> {
    Sleep::watch(ring_.header().head, [this] { return has_room(); });
  }

 private:
  static constexpr std::size_t kPieces = 4;

  // Whether the last loan() that failed would succeed now.
  bool has_room() {
    head_seen_ = ring_.header().head.load(std::memory_order_acquire);
    return fits(wanted_);
  }
  [[nodiscard]] bool fits(std::size_t n) const { return tail_ - head_seen_ + n <= ring_.capacity(); }
  // The consumer's position with enough room; 0: any. A consumer that has read everything is beyond it, so it
  // never falls asleep before it has woken this end.
  [[nodiscard]] std::uint64_t wake_at() const {
    if (rest_bytes_ == 0) return 0;
    return tail_ + std::max(wanted_, rest_bytes_) - ring_.capacity();
  }

  Ring<Sleep> ring_;
  Waker waker_;
  std::size_t piece_bytes_;
  std::size_t rest_bytes_;  // sleeps until so much is free

 protected:
  std::uint64_t tail_ = 0;

 private:
  std::uint64_t head_seen_ = 0;
  std::size_t wanted_ = 0;
};

// Publishes several messages by one store, so that the counter's cache line moves once for all of them, and
// looks once whether the consumer sleeps.
template <class Sleep>
class BatchedRingSender : public RingSender<Sleep> {
 public:
  using RingSender<Sleep>::RingSender;

  bool commit(std::size_t n) {
    this->tail_ += n;
    return true;
  }
  bool flush() { return RingSender<Sleep>::commit(0); }
};

template <class Sleep>
class RingReceiver {
 public:
  explicit RingReceiver(Ring<Sleep> ring) : ring_(ring), waker_(ring.enter(ring.header().consumer_sleeps)) {}

  [[gnu::always_inline]] std::span<const std::byte> peek(std::size_t n) {
    if (tail_seen_ == head_) tail_seen_ = ring_.header().tail.load(std::memory_order_acquire);
    const auto waiting = static_cast<std::size_t>(tail_seen_ - head_);
    if (waiting == 0) return {};
    shown_ = std::min(n, waiting);
    return ring_.stretch(head_, shown_);
  }

  void release() {
    head_ += shown_;
    ring_.header().head.store(head_, std::memory_order_release);
  }

  void park() requires Sleeps<Sleep> {
    ring_.header().consumer_sleeps.sleep_unless([this] { return has_bytes(); }, 0);
  }
  void unpark_peer() requires Sleeps<Sleep> { ring_.header().producer_sleeps.wake(waker_, head_); }
  void watch() requires WatchesCounter<Sleep> {
    Sleep::watch(ring_.header().tail, [this] { return has_bytes(); });
  }

 private:
  bool has_bytes() {
    tail_seen_ = ring_.header().tail.load(std::memory_order_acquire);
    return tail_seen_ != head_;
  }

  Ring<Sleep> ring_;
  Waker waker_;
  std::uint64_t head_ = 0;
  std::uint64_t tail_seen_ = 0;
  std::size_t shown_ = 0;
};

}  // namespace ipcbench
