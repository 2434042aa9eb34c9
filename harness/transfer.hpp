// Moving one message through the four verbs: the innermost of what is measured.
#pragma once

#include <cstddef>
#include <span>

#include "harness/mechanism.hpp"
#include "harness/payload.hpp"
#include "harness/wait.hpp"

namespace ipcbench {

// Sends one message of source.size() bytes. A mechanism that holds the whole message makes one turn.
template <Wait W, Payload P, SenderEnd S>
inline void send_message(Waiter<W>& waiter, S& sender, std::span<const std::byte> source) {
  std::size_t sent = 0;
  do {
    const std::size_t left = source.size() - sent;
    const std::span<std::byte> room = waiter.until(sender, [&] { return sender.loan(left); });
    produce<P>(room, source.data() + sent);
    waiter.until(sender, [&] { return sender.commit(room.size()); });
    if constexpr (Unparks<S> && may_sleep(W)) sender.unpark_peer();
    sent += room.size();
  } while (sent < source.size());
}

// Receives one message of sink.size() bytes.
template <Wait W, Payload P, ReceiverEnd R>
inline void receive_message(Waiter<W>& waiter, R& receiver, std::span<std::byte> sink) {
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
    return !message.empty() || receiver.finished();
  });
  if (message.empty()) return false;
  consume<P>(message, sink.data());
  receiver.release();
  return true;
}

}  // namespace ipcbench
