// Moves one message through the four verbs: the innermost measured code.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/contract/abilities.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/loops/in_turn.hpp"
#include "harness/loops/message_numbers.hpp"
#include "harness/loops/payload.hpp"
#include "harness/loops/wait.hpp"

namespace ipcbench {

// How much of the `left` bytes of a message to ask the sender for.
template <Payload P, SenderEnd S>
inline std::size_t next_loan(const S& sender, std::size_t left) {
  if constexpr (is_copied(P) && LendsPieces<S>) return std::min(left, sender.piece_bytes());
  return left;
}

// Sends one message of source.size() bytes, 0 for a token. The loop runs once if it fits in whole.
template <Wait W, Payload P, SenderEnd S>
inline void send_message(Waiter<W>& waiter, S& sender, std::span<const std::byte> source) {
  if constexpr (P == Payload::direct) {
    waiter.until(sender, [&] { return sender.send_from(source); });
    if constexpr (Unparks<S> && may_sleep(W)) sender.unpark_peer();
    return;
  }
  std::size_t sent = 0;
  do {
    const std::size_t wanted = next_loan<P>(sender, source.size() - sent);
    const std::span<std::byte> room = waiter.until(sender, [&] { return sender.loan(wanted); });
    produce<P>(room, source.data() + sent);
    waiter.until(sender, [&] { return sender.commit(room.size()); });
    if constexpr (Unparks<S> && may_sleep(W)) sender.unpark_peer();
    sent += room.size();
  } while (sent < source.size());
}

// Receives one message of sink.size() bytes.
template <Wait W, Payload P, ReceiverEnd R>
inline void receive_message(Waiter<W>& waiter, R& receiver, std::span<std::byte> sink) {
  if constexpr (P == Payload::direct) {
    waiter.until(receiver, [&] { return receiver.receive_into(sink); });
    if constexpr (Unparks<R> && may_sleep(W)) receiver.unpark_peer();
    return;
  }
  std::size_t received = 0;
  do {
    const std::size_t left = sink.size() - received;
    const std::span<const std::byte> piece = waiter.until(receiver, [&] { return receiver.peek(left); });
    consume<P>(piece, sink.data() + received);
    receiver.release();
    if constexpr (Unparks<R> && may_sleep(W)) receiver.unpark_peer();
    received += piece.size();
  } while (received < sink.size());
}

// Receives one message over a lossy mechanism, which keeps messages whole. False: the producer has finished.
template <Wait W, Payload P, ReceiverEnd R>
inline bool receive_or_finish(Waiter<W>& waiter, R& receiver, std::span<std::byte> sink) {
  std::span<const std::byte> message;
  waiter.until(receiver, [&] {
    message = receiver.peek(sink.size());
    return message.data() != nullptr || receiver.finished();
  });
  if (message.data() == nullptr) return false;
  consume<P>(message, sink.data());
  receiver.release();
  return true;
}

// An end that leaves a mark of the verb it is in, so that a launch that hangs can say where. Not for timed
// loops.
template <class End>
class Traced {
 public:
  Traced(End& end, std::atomic<AtVerb>& verb) : end_(end), verb_(verb) {}
  ~Traced() { mark(AtVerb::none); }
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;

  std::span<std::byte> loan(std::size_t n) requires SenderEnd<End> {
    return mark(AtVerb::loan), end_.loan(n);
  }
  bool commit(std::size_t n) requires SenderEnd<End> { return mark(AtVerb::commit), end_.commit(n); }
  std::span<const std::byte> peek(std::size_t n) requires ReceiverEnd<End> {
    return mark(AtVerb::peek), end_.peek(n);
  }
  bool send_from(std::span<const std::byte> message) requires SendsFrom<End> {
    return mark(AtVerb::commit), end_.send_from(message);
  }
  bool receive_into(std::span<std::byte> into) requires ReceivesInto<End> {
    return mark(AtVerb::peek), end_.receive_into(into);
  }
  void release() requires ReceiverEnd<End> { mark(AtVerb::release), end_.release(); }
  void park() requires Parks<End> { mark(AtVerb::park), end_.park(); }
  void unpark_peer() requires Unparks<End> { end_.unpark_peer(); }
  bool flush() requires Flushes<End> { return mark(AtVerb::flush), end_.flush(); }
  [[nodiscard]] std::size_t piece_bytes() const requires LendsPieces<End> { return end_.piece_bytes(); }

 private:
  void mark(AtVerb verb) { verb_.store(verb, std::memory_order_relaxed); }

  End& end_;
  std::atomic<AtVerb>& verb_;
};

// Sends and receives outside the timed loops: one virtual call each, copying from and to the buffers.
class Messenger {
 public:
  explicit Messenger(std::size_t message_bytes) : buffers_(message_bytes) {}
  virtual ~Messenger() = default;
  Messenger(const Messenger&) = delete;
  Messenger& operator=(const Messenger&) = delete;

  virtual void send_copied() = 0;
  virtual void receive_copied() = 0;
  // The CPU time of threads that work for the ends (HasHelper), in ns.
  [[nodiscard]] virtual std::uint64_t helper_cpu_ns() const { return 0; }
  // Hands over what send_copied() has kept for a batch.
  virtual void hand_over() {}
  // Over which of several links the last message came; empty: there is one only.
  [[nodiscard]] virtual std::optional<std::size_t> link_of_last() const { return std::nullopt; }
  [[nodiscard]] Buffers& buffers() { return buffers_; }
  [[nodiscard]] MessageNumbers& numbers() { return numbers_; }
  // Where send_copied() and receive_copied() leave their marks from now on; outlives this.
  void leave_marks_in(std::atomic<AtVerb>& verb) { verb_ = &verb; }

 protected:
  [[nodiscard]] std::atomic<AtVerb>& verb() { return *verb_; }

 private:
  std::atomic<AtVerb> unseen_{AtVerb::none};
  std::atomic<AtVerb>* verb_ = &unseen_;
  Buffers buffers_;
  MessageNumbers numbers_;
};

// All that one end works with: its ends of the mechanism (one may be missing if messages go one way only),
// its memory and its waiting strategy.
template <Wait W, SenderEnd S, ReceiverEnd R>
class Transfer final : public Messenger {
 public:
  static constexpr Wait kWait = W;
  static constexpr bool kBatches = false;

  Transfer(S* sender, R* receiver, std::size_t message_bytes, Waiter<W> waiter)
      : Messenger(message_bytes), sender_(sender), receiver_(receiver), waiter_(waiter) {}

  template <Payload P>
  void send() {
    if constexpr (P == Payload::checked) numbers().write(buffers().source());
    send_message<W, P>(waiter_, *sender_, buffers().source());
  }
  template <Payload P>
  void receive() {
    receive_message<W, P>(waiter_, *receiver_, buffers().sink());
    if constexpr (P == Payload::checked) numbers().check(buffers().sink());
  }
  template <Payload P>
  bool receive_or_finish() {
    if (!ipcbench::receive_or_finish<W, P>(waiter_, *receiver_, buffers().sink())) return false;
    if constexpr (P == Payload::checked) numbers().check(buffers().sink());
    return true;
  }
  void send_copied() override {
    Traced<S> traced(*sender_, verb());
    if constexpr (SendsFrom<S>) {
      if (directly_) return send_message<W, Payload::direct>(waiter_, traced, buffers().source());
    }
    send_message<W, Payload::copy>(waiter_, traced, buffers().source());
  }
  void receive_copied() override {
    Traced<R> traced(*receiver_, verb());
    if constexpr (ReceivesInto<R>) {
      if (directly_) return receive_message<W, Payload::direct>(waiter_, traced, buffers().sink());
    }
    receive_message<W, Payload::copy>(waiter_, traced, buffers().sink());
  }
  // From now on, what is sent and received outside the timed loops goes as payload `direct` does.
  void verify_directly() requires SendsFrom<S> && ReceivesInto<R> { directly_ = true; }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const override {
    return helper_cpu_ns_of(sender_) + helper_cpu_ns_of(receiver_);
  }

  [[nodiscard]] std::optional<std::size_t> link_of_last() const override {
    if constexpr (TakesTurns<R>) return receiver_->link_of_last();
    return std::nullopt;
  }

  [[nodiscard]] S& sender() { return *sender_; }
  [[nodiscard]] R& receiver() { return *receiver_; }
  [[nodiscard]] const Waiter<W>& waiter() const { return waiter_; }

 private:
  template <class End>
  static std::uint64_t helper_cpu_ns_of([[maybe_unused]] const End* end) {
    if constexpr (HasHelper<End>) return end == nullptr ? 0 : end->helper_cpu_ns();
    return 0;
  }

  S* sender_;
  R* receiver_;
  Waiter<W> waiter_;
  bool directly_ = false;
};

}  // namespace ipcbench
