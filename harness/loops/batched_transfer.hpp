// Moves messages of which several are handed over at once. A type of its own, so that Transfer and the loops
// over it are compiled as if there were none.
#pragma once

#include <cstdint>
#include <span>

#include "harness/loops/transfer.hpp"

namespace ipcbench {

// As Transfer, for a sender that Flushes.
template <Wait W, Flushes S, ReceiverEnd R>
class BatchedTransfer final : public Messenger {
 public:
  static constexpr Wait kWait = W;
  static constexpr bool kBatches = true;

  // batch: how many messages are handed over at once.
  BatchedTransfer(S* sender, R* receiver, std::size_t message_bytes, Waiter<W> waiter, std::uint32_t batch)
      : Messenger(message_bytes), sender_(sender), receiver_(receiver), waiter_(waiter), batch_(batch) {}

  template <Payload P>
  void send() {
    if constexpr (P == Payload::checked) numbers().write(buffers().source());
    add<P>(*sender_);
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
    add<Payload::copy>(traced);
  }
  void receive_copied() override {
    Traced<R> traced(*receiver_, verb());
    receive_message<W, Payload::copy>(waiter_, traced, buffers().sink());
  }
  void hand_over() override {
    Traced<S> traced(*sender_, verb());
    flush(traced);
  }

  [[nodiscard]] S& sender() { return *sender_; }
  [[nodiscard]] R& receiver() { return *receiver_; }

 private:
  // As send_message(), but the peer learns of the message when the batch is full. The batch ends early if
  // there is no room beside what it holds.
  template <Payload P, class Sender>
  void add(Sender& sender) {
    const std::span<std::byte> source = buffers().source();
    std::size_t sent = 0;
    do {
      const std::size_t wanted = next_loan<P>(sender, source.size() - sent);
      std::span<std::byte> room = sender.loan(wanted);
      if (room.data() == nullptr) [[unlikely]] {
        flush(sender);
        room = waiter_.until(sender, [&] { return sender.loan(wanted); });
      }
      produce<P>(room, source.data() + sent);
      waiter_.until(sender, [&] { return sender.commit(room.size()); });
      sent += room.size();
    } while (sent < source.size());
    if (++held_ >= batch_) flush(sender);
  }

  template <class Sender>
  void flush(Sender& sender) {
    waiter_.until(sender, [&] { return sender.flush(); });
    if constexpr (Unparks<S> && may_sleep(W)) sender.unpark_peer();
    held_ = 0;
  }

  S* sender_;
  R* receiver_;
  Waiter<W> waiter_;
  std::uint32_t batch_;
  std::uint32_t held_ = 0;  // messages
};

}  // namespace ipcbench
