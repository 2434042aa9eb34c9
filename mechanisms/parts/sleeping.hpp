// How an end of a ring sleeps, and how its peer wakes it. The same ring with each of these shows what the
// waiting object itself costs.
//
// An end that finds nothing to do announces that, looks once more, and sleeps. Its peer looks for an
// announcement after each hand-over. So each side stores to one word and then loads the other's (Dekker's
// pattern), and at least one of the two loads has to see the other side's store, or a wake-up is lost.
// Release and acquire do not order a store before a later load; that takes a full fence between the two on
// both sides. A waker that hands over message after message to somebody who is awake has a light fence
// instead, and the sleeper, who has time, a heavy one (atomics.hpp).
//
// A Sleep is in the memory that both ends share, one for each end:
//   sleep_unless(ready, wake_at)  announces the sleep, then sleeps until wake() unless `ready()`; may return
//                                 early
//   wake(waker, position)         to be called after the store that makes the sleeper ready; does nothing as
//                                 long as `position` is below wake_at
//   enter()                       if it matters which thread sleeps: called by that thread before anything
//                                 else
//
// testing/ordering/ explores every outcome between the two sides, and finds each weaker order and each step
// that is missing or comes too early.
#pragma once

#include <atomic>
#include <cstdint>

#include "mechanisms/parts/atomics.hpp"
#include "mechanisms/parts/futex.hpp"

namespace ipcbench {

// For a ring whose ends never sleep.
struct NoSleep {};

template <class Sleep>
concept Sleeps = requires(Sleep& sleep) {
  sleep.sleep_unless([] { return true; }, std::uint64_t{});
};

// For a ring whose ends never sleep either, but let the CPU watch the peer's counter:
//   static watch(counter, ready)  pauses until somebody stores to it unless `ready()`; may return early
template <class Sleep>
concept WatchesCounter = requires(const Atomic<std::uint64_t>& counter) {
  Sleep::watch(counter, [] { return true; });
};

// The private part of an end that wakes another: which fence it uses.
class Waker {
 public:
  // asymmetric: both ends can use light and heavy fences, and the creator has decided so. Throws KernelError.
  explicit Waker(bool asymmetric) : asymmetric_(asymmetric) {
    if (asymmetric) register_for_heavy_fences();
  }

 private:
  friend class Announcement;
  bool asymmetric_;
  bool light_ = false;
  std::uint32_t awake_ = 0;  // hand-overs in a row at which nobody slept
};

// The word in which a sleeper says that it sleeps, and what the two sides have to know about each other.
class Announcement {
 public:
  // --- By the sleeper ---

  // wake_at: the waker's position from which it is to wake; never descends.
  void make(std::uint64_t wake_at, std::memory_order order) {
    if (wake_at != 0) wake_at_.store(wake_at, std::memory_order_relaxed);
    asleep_.store(1, order);
    full_fence(asleep_);
    if (waker_is_light_.load(std::memory_order_acquire) != 0) heavy_fence();
  }

  // --- By the waker, after the hand-over ---

  // Whether somebody sleeps who is to be woken at this position.
  bool is_due(Waker& waker, std::uint64_t position) {
    fence(waker);
    if (asleep_.load(std::memory_order_relaxed) == 0) [[likely]] {
      return false;
    }
    if (position < wake_at_.load(std::memory_order_relaxed)) return false;
    waker.awake_ = 0;
    if (waker.light_) {
      waker.light_ = false;
      waker_is_light_.store(0, std::memory_order_release);
    }
    return true;
  }

  // --- By either ---

  void withdraw() { asleep_.store(0, std::memory_order_relaxed); }
  // Whether this side has withdrawn it, not the other.
  bool take_back() { return asleep_.exchange(0, std::memory_order_acquire) == 1; }
  [[nodiscard]] Atomic<std::uint32_t>& word() { return asleep_; }

 private:
  // A full fence follows the change to light ones, as one follows the announcement: either the sleeper sees
  // the change, or the waker sees the announcement.
  void fence(Waker& waker) {
    if (waker.light_) [[likely]] {
      light_fence();
      return;
    }
    if (waker.asymmetric_ && waker.awake_++ == kAwakeBeforeLight) {
      waker.light_ = true;
      waker_is_light_.store(1, std::memory_order_relaxed);
    }
    full_fence(asleep_);
  }

  // Its order is the Sleep's choice: on both sides a fence orders it against the ring's counters.
  Atomic<std::uint32_t> asleep_{0};
  // Taken back with release and read with acquire: a sleeper that does without the heavy fence sees all that
  // was handed over under a light one.
  Atomic<std::uint32_t> waker_is_light_{0};
  // Relaxed: an old value is a lower one, and wakes too early.
  Atomic<std::uint64_t> wake_at_{0};
};

// futex(2). The announcement is the very word that the kernel compares before it puts the thread to sleep.
// Call: the system call that does so, as Call::sleep_while(word, value), and may return early.
template <class Call>
class SleepOnWord {
 public:
  template <class Ready>
  void sleep_unless(Ready ready, std::uint64_t wake_at) {
    announcement_.make(wake_at, std::memory_order_relaxed);
    if (!ready()) Call::sleep_while(announcement_.word(), 1);
    announcement_.withdraw();
  }

  // Withdraws the announcement before it wakes, because futex(2) checks under the lock of the word's queue
  // whether it changed before the sleep began. The sleeper withdraws its own when it is awake only to save
  // the peer a system call.
  void wake(Waker& waker, std::uint64_t position) {
    if (!announcement_.is_due(waker, position)) return;
    announcement_.withdraw();
    wake_one(announcement_.word());
  }

 private:
  Announcement announcement_;
};
using FutexSleep = SleepOnWord<FutexWait>;

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

  // Announced with release and taken back with acquire, so that the waker sees what enter() stored in the
  // object; with relaxed it might not know yet who sleeps. Taking back publishes nothing. It is an exchange
  // so that only one of the two succeeds.
  template <class Ready>
  void sleep_unless(Ready ready, std::uint64_t wake_at) {
    announcement_.make(wake_at, std::memory_order_release);
    if (ready() && announcement_.take_back()) return;
    object_.wait();
  }

  void wake(Waker& waker, std::uint64_t position) {
    if (announcement_.is_due(waker, position) && announcement_.take_back()) object_.post();
  }

 private:
  Announcement announcement_;
  Object object_;
};

}  // namespace ipcbench
