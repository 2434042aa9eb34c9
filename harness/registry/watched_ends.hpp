// Ends that wait on a set of descriptors, as the event loop of a server does: by epoll, or by poll beside
// idle descriptors (Cell::watched).
//
// Their loops are compiled once for all mechanisms, over ends behind virtual calls, so that the loops of the
// other strategies stay as they are: more code in a mechanism's file changes what the compiler inlines there.
// The price is four virtual calls a message, some nanoseconds beside system calls of some hundreds.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>

#include "harness/base/measurement.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/descriptor_set.hpp"

namespace ipcbench {

// A sender of any mechanism; waits for room by its own park().
class WatchedSender {
 public:
  WatchedSender() = default;
  virtual ~WatchedSender() = default;
  WatchedSender(const WatchedSender&) = delete;
  WatchedSender& operator=(const WatchedSender&) = delete;

  virtual std::span<std::byte> loan(std::size_t n) = 0;
  virtual bool commit(std::size_t n) = 0;
  virtual bool send_from(std::span<const std::byte> message) = 0;
  virtual void park() = 0;
  virtual void finish() = 0;
};

// A receiver of any mechanism that is Pollable; waits in the set.
class WatchedReceiver {
 public:
  explicit WatchedReceiver(DescriptorSet& set) : set_(set) {}
  virtual ~WatchedReceiver() = default;
  WatchedReceiver(const WatchedReceiver&) = delete;
  WatchedReceiver& operator=(const WatchedReceiver&) = delete;

  virtual std::span<const std::byte> peek(std::size_t n) = 0;
  virtual void release() = 0;
  virtual bool receive_into(std::span<std::byte> into) = 0;
  [[nodiscard]] virtual bool finished() const = 0;
  virtual void drain() = 0;
  [[nodiscard]] virtual int pollable_fd() const = 0;
  void park() { set_.wait(); }

 private:
  DescriptorSet& set_;
};

// Runs one end's part of control's job; null: this side has no such end. Throws what Workload::run() throws.
void run_watched(Delivery delivery, EndId end, ControlBlock& control, WatchedSender* sender,
                 WatchedReceiver* receiver);

// The same where each producer has a link of its own; none: this end is a producer.
void run_watched_in_turn(EndId end, ControlBlock& control, WatchedSender* sender,
                         std::span<WatchedReceiver* const> links);

// What an end lacks is not asked of it: the job would be infeasible.
[[noreturn]] inline void lacks_ability() { throw std::logic_error("an end was asked for what it cannot do"); }

template <class Sender>
class WatchedSenderOf final : public WatchedSender {
 public:
  static_assert(!Unparks<Sender> && !LendsPieces<Sender> && !HasHelper<Sender>,
                "what no pollable end has is not passed on");

  explicit WatchedSenderOf(Sender& sender) : sender_(sender) {}
  std::span<std::byte> loan(std::size_t n) override { return sender_.loan(n); }
  bool commit(std::size_t n) override { return sender_.commit(n); }
  bool send_from([[maybe_unused]] std::span<const std::byte> message) override {
    if constexpr (SendsFrom<Sender>) return sender_.send_from(message);
    lacks_ability();
  }
  void park() override {
    if constexpr (Parks<Sender>) sender_.park();
  }
  void finish() override {
    if constexpr (requires { sender_.finish(); }) return sender_.finish();
    lacks_ability();
  }

 private:
  Sender& sender_;
};

template <Pollable Receiver>
class WatchedReceiverOf final : public WatchedReceiver {
 public:
  static_assert(!Unparks<Receiver> && !HasHelper<Receiver>, "what no pollable end has is not passed on");

  WatchedReceiverOf(Receiver& receiver, DescriptorSet& set) : WatchedReceiver(set), receiver_(receiver) {}
  std::span<const std::byte> peek(std::size_t n) override { return receiver_.peek(n); }
  void release() override { receiver_.release(); }
  bool receive_into([[maybe_unused]] std::span<std::byte> into) override {
    if constexpr (ReceivesInto<Receiver>) return receiver_.receive_into(into);
    lacks_ability();
  }
  [[nodiscard]] bool finished() const override {
    if constexpr (requires { receiver_.finished(); }) return receiver_.finished();
    lacks_ability();
  }
  void drain() override {
    if constexpr (requires { receiver_.drain(); }) return receiver_.drain();
    lacks_ability();
  }
  [[nodiscard]] int pollable_fd() const override { return receiver_.pollable_fd(); }

 private:
  Receiver& receiver_;
};

}  // namespace ipcbench
