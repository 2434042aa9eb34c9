// One object of a mechanism with its types erased, for trying it out call by call. Every call is virtual;
// link.hpp is for measuring.
#pragma once

#include <sched.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/contract/abilities.hpp"
#include "harness/contract/bare.hpp"
#include "harness/loops/transfer.hpp"

namespace ipcbench {

// Each process can attach one side of the object, once. Exceptions of the ends pass through.
class Trial {
 public:
  virtual ~Trial() = default;

  // The address by which another process can join; empty: it cannot.
  [[nodiscard]] virtual std::string address() const = 0;
  // Removes the object's name, if the mechanism knows how to (Unlinks).
  virtual void unlink() = 0;

  // Attaches `side`; waits for the other side if the mechanism does. The functions below use the ends that
  // this side then has (both, for a duplex mechanism) and throw std::logic_error for a missing one.
  virtual void attach(Side side) = 0;

  // Returns at once, for a LinkSpec::wait other than `block`. False: full now; call again with the same
  // message, part of which may have been taken.
  virtual bool try_send(std::span<const std::byte> message) = 0;
  // Returns at once: the number of bytes received, at most into.size(), as many as came in one piece (0 is a
  // token); empty: none yet.
  virtual std::optional<std::size_t> try_receive(std::span<std::byte> into) = 0;

  // Both wait, then move a whole message; for LinkSpec::wait `block` (`spin` if it cannot sleep).
  virtual void send(std::span<const std::byte> message) = 0;
  virtual void receive(std::span<std::byte> into) = 0;
};

template <Mechanism M>
class TrialOf final : public Trial {
  using Sender = SenderOf<M>;
  using Receiver = ReceiverOf<M>;
  static constexpr Wait kWait = M::kTraits.waits.contains(Wait::block) ? Wait::block : Wait::spin;

 public:
  // Creates the kernel object.
  explicit TrialOf(const LinkSpec& spec) : object_(M::create(spec)) {}
  // Joins what another process created.
  TrialOf(const LinkSpec& spec, const std::string& address) requires Joinable<M>
      : object_(M::join(spec, address)) {}

  [[nodiscard]] std::string address() const override {
    if constexpr (Joinable<M>) return object_->address();
    return {};
  }
  void unlink() override {
    if constexpr (Unlinks<M>) object_->unlink();
  }

  void attach(Side side) override {
    if constexpr (M::kTraits.flow == Flow::duplex) {
      const auto both = hold([&] { return object_->attach(side); });
      sender_ = &both->end.sender;
      receiver_ = &both->end.receiver;
    } else if (side == Side::producer) {
      sender_ = &hold([&] { return object_->sender(); })->end;
    } else {
      receiver_ = &hold([&] { return object_->receiver(); })->end;
    }
  }

  bool try_send(std::span<const std::byte> message) override {
    Sender& sender = present(sender_);
    do {
      if (!loaned_bytes_) {
        const std::span<std::byte> room = sender.loan(message.size() - sent_bytes_);
        if (room.data() == nullptr) return false;
        std::ranges::copy(message.subspan(sent_bytes_, room.size()), room.begin());
        loaned_bytes_ = room.size();
      }
      if (!sender.commit(*loaned_bytes_)) return false;
      if constexpr (Unparks<Sender>) sender.unpark_peer();
      sent_bytes_ += *std::exchange(loaned_bytes_, std::nullopt);
    } while (sent_bytes_ < message.size());
    sent_bytes_ = 0;
    return true;
  }

  std::optional<std::size_t> try_receive(std::span<std::byte> into) override {
    Receiver& receiver = present(receiver_);
    const std::span<const std::byte> piece = receiver.peek(into.size());
    if (piece.data() == nullptr) return std::nullopt;
    std::ranges::copy(piece.first(std::min(piece.size(), into.size())), into.begin());
    receiver.release();
    if constexpr (Unparks<Receiver>) receiver.unpark_peer();
    return piece.size();
  }

  void send(std::span<const std::byte> message) override {
    send_message<kWait, Payload::copy>(waiter_, present(sender_), message);
  }
  void receive(std::span<std::byte> into) override {
    receive_message<kWait, Payload::copy>(waiter_, present(receiver_), into);
  }

 private:
  // Ends are made in place, because they need not be movable.
  template <class End>
  struct Held {
    template <class Make>
    explicit Held(Make make) : end(make()) {}
    End end;
  };
  template <class Make>
  auto hold(Make make) {
    auto held = std::make_shared<Held<decltype(make())>>(make);
    ends_ = held;
    return held;
  }

  template <class End>
  static End& present(End* end) {
    if (end == nullptr) throw std::logic_error("this side does not have this end");
    return *end;
  }

  std::unique_ptr<M> object_;
  std::shared_ptr<void> ends_;
  Sender* sender_ = nullptr;
  Receiver* receiver_ = nullptr;
  Waiter<kWait> waiter_{true};               // it yields: this is not for measuring
  std::size_t sent_bytes_ = 0;               // of the current message
  std::optional<std::size_t> loaned_bytes_;  // written to the loan and not yet taken
};

// The same object without the mechanism's ends: whoever is attached can send and receive, as far as the
// kernel lets it.
template <ShowsObject M>
class BareTrialOf final : public Trial {
 public:
  explicit BareTrialOf(std::unique_ptr<M> object) : object_(std::move(object)) {}

  [[nodiscard]] std::string address() const override {
    if constexpr (Joinable<M>) return object_->address();
    return {};
  }
  void unlink() override {}
  void attach(Side side) override { end_ = object_->bare(side); }

  bool try_send(std::span<const std::byte> message) override {
    while (true) {
      const ssize_t put = end_.put(message.subspan(sent_bytes_));
      if (put < 0 && errno == EAGAIN) return false;
      if (put < 0) throw_errno(end_.put_call);
      sent_bytes_ += static_cast<std::size_t>(put);
      if (sent_bytes_ < message.size()) continue;
      sent_bytes_ = 0;
      return true;
    }
  }
  std::optional<std::size_t> try_receive(std::span<std::byte> into) override {
    const ssize_t got = end_.take(into);
    if (got < 0 && errno == EAGAIN) return std::nullopt;
    if (got < 0) throw_errno(end_.take_call);
    if (got == 0 && !into.empty()) throw std::runtime_error("end of file: the other end is gone");
    return static_cast<std::size_t>(got);
  }
  void send(std::span<const std::byte> message) override {
    while (!try_send(message)) sched_yield();
  }
  // Whole messages are nobody's promise here.
  void receive(std::span<std::byte> into) override {
    while (!try_receive(into)) sched_yield();
  }

 private:
  std::unique_ptr<M> object_;
  BareEnd end_;
  std::size_t sent_bytes_ = 0;  // of the current message
};

}  // namespace ipcbench
