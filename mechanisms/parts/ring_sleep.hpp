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
#pragma once

#include <linux/futex.h>

#include <atomic>
#include <cstdint>

#include "mechanisms/parts/atomics.hpp"

namespace ipcbench {

// For a ring whose ends never sleep.
struct NoSleep {};

// futex(2). The announcement is the word that the kernel compares before it puts the thread to sleep, so
// nothing else is needed.
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

// Sleeping on any object with wait() and post() that remembers a post() that precedes the wait(). Whoever
// takes the announcement back decides: if it is the sleeper, nothing is posted; if it is the waker, there is
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

}  // namespace ipcbench
