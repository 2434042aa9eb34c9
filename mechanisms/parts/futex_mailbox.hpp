// A mailbox of one slot in one word of shared memory, with futex(2) to sleep on.
//
// The word holds the whole state: full or empty, the payload, and whether a sender or a receiver sleeps until
// that changes. So one compare-and-swap hands the message over and learns whether somebody has to be woken,
// and no wake-up is lost between two words.
//
// One sleeper is woken at a time. It cannot know whether others on its side still sleep, so it announces
// sleepers again when its turn comes, at the price of a useless wake-up after the last one (as U. Drepper's
// second mutex does in "Futexes Are Tricky").
#pragma once

#include <linux/futex.h>

#include <atomic>
#include <cstdint>
#include <optional>

#include "mechanisms/parts/atomics.hpp"
#include "mechanisms/parts/futex.hpp"
#include "mechanisms/parts/ring.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

using FutexPayload = WordPayload<std::uint32_t>;

struct FutexMailbox {
  static constexpr std::uint32_t kFull = 1U << 31;
  static constexpr std::uint32_t kSenderSleeps = 1U << 30;
  static constexpr std::uint32_t kReceiverSleeps = 1U << 29;

  alignas(kNoSharingBytes) Atomic<std::uint32_t> word{0};
};
static_assert(Atomic<std::uint32_t>::is_always_lock_free);

// Common to both ends: wait for the slot to be in one state, then put it into the other.
class MailboxEnd {
 public:
  // Sleeps until the slot may be in the awaited state.
  void park() {
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    if (is_turn(seen)) return;
    const std::uint32_t announced = seen | own_sleep_;
    if (seen != announced && !word_.compare_exchange_strong(seen, announced, std::memory_order_relaxed)) {
      return;
    }
    slept_ = true;
    // All sleep on one word, so each side waits and is woken under a bit of its own.
    sleep_while(word_, announced, FUTEX_WAIT_BITSET, own_sleep_);
  }
  void unpark_peer() {
    if (!peer_sleeps_) return;
    peer_sleeps_ = false;
    wake_one(word_, FUTEX_WAKE_BITSET, peer_sleep_);
  }

 protected:
  MailboxEnd(FutexMailbox& mailbox, bool sends)
      : word_(mailbox.word),
        turn_(sends ? 0 : FutexMailbox::kFull),
        own_sleep_(sends ? FutexMailbox::kSenderSleeps : FutexMailbox::kReceiverSleeps),
        peer_sleep_(sends ? FutexMailbox::kReceiverSleeps : FutexMailbox::kSenderSleeps) {}

  // If it is this end's turn, puts `next` into the slot and returns the old content. Release and acquire, so
  // that the receiver of a token sees everything that its sender did before; the announcements in park()
  // publish nothing.
  std::optional<std::uint32_t> replace(std::uint32_t next) {
    if (slept_) next |= own_sleep_;
    std::uint32_t seen = word_.load(std::memory_order_acquire);
    do {
      if (!is_turn(seen)) return std::nullopt;
    } while (!word_.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_acquire));
    slept_ = false;
    peer_sleeps_ = (seen & peer_sleep_) != 0;
    return seen;
  }

 private:
  [[nodiscard]] bool is_turn(std::uint32_t seen) const { return (seen & FutexMailbox::kFull) == turn_; }

  Atomic<std::uint32_t>& word_;
  std::uint32_t turn_;
  std::uint32_t own_sleep_;
  std::uint32_t peer_sleep_;
  bool slept_ = false;
  bool peer_sleeps_ = false;
};

class MailboxSender : public MailboxEnd {
 public:
  explicit MailboxSender(FutexMailbox& mailbox) : MailboxEnd(mailbox, true) {}

  std::span<std::byte> loan(std::size_t n) { return payload_.bytes(n); }
  bool commit(std::size_t) { return replace(FutexMailbox::kFull | payload_.word()).has_value(); }

 private:
  FutexPayload payload_;
};

class MailboxReceiver : public MailboxEnd {
 public:
  explicit MailboxReceiver(FutexMailbox& mailbox) : MailboxEnd(mailbox, false) {}

  std::span<const std::byte> peek(std::size_t n) {
    const std::optional<std::uint32_t> message = replace(0);
    if (!message) return {};
    payload_.assign(*message);
    return payload_.bytes(n);
  }
  void release() {}

 private:
  FutexPayload payload_;
};

}  // namespace ipcbench
