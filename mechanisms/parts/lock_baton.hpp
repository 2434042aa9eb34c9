// Passing tokens by locks alone, without any shared data: a ring of locks through which the producer leads
// and the consumer follows.
//
// Token k belongs to lock k modulo the number of locks. The producer always holds the lock of the first token
// that it has not sent; the consumer holds the lock of the last token that it has received. Sending token k
// takes the lock of k + 1 and then frees that of k. Receiving token k takes its lock and then frees that of
// k - 1. So the consumer cannot pass the producer, whose lock is the next one it needs, and the producer runs
// into the consumer's lock once it is all locks but two ahead.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "mechanisms/parts/ring.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

inline constexpr std::size_t kBatonLocks = 8;
inline constexpr std::size_t kBatonTokens = kBatonLocks - 2;  // at most in flight

// One end's access to kBatonLocks locks. A lock is owned by the thread that took it.
template <class L>
concept BatonLocks = requires(L& locks, std::size_t i) {
  { locks.try_lock(i) } -> std::same_as<bool>;
  locks.lock(i);  // sleeps
  locks.unlock(i);
};

// Locks in shared memory, each on cache lines of its own.
template <class Lock>
struct LockRow {
  struct alignas(kNoSharingBytes) Place {
    Lock lock;
  };
  std::array<Place, kBatonLocks> places;
};

template <class Lock>
class SharedLocks {
 public:
  explicit SharedLocks(LockRow<Lock>& row) : row_(row) {}
  bool try_lock(std::size_t i) { return row_.places[i].lock.try_lock(); }
  void lock(std::size_t i) { row_.places[i].lock.lock(); }
  void unlock(std::size_t i) { row_.places[i].lock.unlock(); }

 private:
  LockRow<Lock>& row_;
};

// Common to both ends: hold a lock, and move on to the next one.
template <BatonLocks L>
class BatonEnd {
 public:
  void park() { permit_.sleep_next(); }

 protected:
  BatonEnd(L locks, Wait wait, std::size_t first) : locks_(std::move(locks)), permit_(wait), held_(first) {
    if (!locks_.try_lock(first)) throw std::runtime_error("a lock that nobody else should hold is taken");
  }

  bool take_next() {
    if (!permit_.take()) return locks_.try_lock(next());
    locks_.lock(next());
    return true;
  }
  void free_previous() {
    locks_.unlock(held_);
    held_ = next();
  }

 private:
  [[nodiscard]] std::size_t next() const { return (held_ + 1) % kBatonLocks; }

  L locks_;
  SleepPermit permit_;
  std::size_t held_;
};

// Construct it before the consumer asks for the first token: from then on it holds that token's lock.
template <BatonLocks L>
class BatonSender : public BatonEnd<L> {
 public:
  BatonSender(L locks, Wait wait) : BatonEnd<L>(std::move(locks), wait, 0) {}

  std::span<std::byte> loan(std::size_t) { return token_if(this->take_next()); }
  bool commit(std::size_t) {
    this->free_previous();
    return true;
  }
};

template <BatonLocks L>
class BatonReceiver : public BatonEnd<L> {
 public:
  BatonReceiver(L locks, Wait wait) : BatonEnd<L>(std::move(locks), wait, kBatonLocks - 1) {}

  std::span<const std::byte> peek(std::size_t) { return token_if(this->take_next()); }
  void release() { this->free_previous(); }
};

// For a SharedObject: a row of locks in shared memory.
template <class Lock>
struct LockRowKind {
  using Object = LockRow<Lock>;
  using Locks = SharedLocks<Lock>;

  static BatonSender<Locks> sender(Object& row, const LinkSpec& spec) { return {Locks(row), spec.wait}; }
  static BatonReceiver<Locks> receiver(Object& row, const LinkSpec& spec) { return {Locks(row), spec.wait}; }
};

}  // namespace ipcbench
