// The one way in which tests make a mechanism misbehave: a decorator over any mechanism.
//
// Faulty<Inner, Fault> is Inner, except where Fault interferes. Each end owns a Fault, constructed from
// (const LinkSpec&, EndRole). Every hook is optional; a call without one goes straight to Inner.
//
//   static constexpr std::string_view kName          the decorated mechanism's name; by default Inner's
//   static constexpr std::array kParameters          replaces Inner's parameters
//   static Settings settings()                       if Inner reports none
//   static void before_create(const LinkSpec&)       before the kernel object is created
//   void attached()                                  the end has just been attached
//   void leaving()                                   the end is about to be destroyed
//   bool commit(Sender& inner, std::span<std::byte> message)
//                                                    instead of inner.commit(message.size())
//   std::span<const std::byte> peek(Receiver& inner, std::size_t n)
//                                                    instead of inner.peek(n)
//
// The class of a mechanism that is measured is private to its file: to decorate it, a test includes that file
// and keeps it from registering itself a second time (planted_mechanisms.cpp).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/registry/registry.hpp"

namespace ipcbench {

struct EndRole {
  bool receives = false;
  bool on_the_way_there = true;  // from the producer to the consumer
};

// Fault with a name for the decorated mechanism: a constexpr std::string_view in a namespace.
template <const std::string_view& kText, class Fault>
struct Named : Fault {
  static constexpr std::string_view kName = kText;
  using Fault::Fault;
};

template <class Inner, class Fault>
class FaultySender {
 public:
  // attach: gives the inner end.
  template <class Attach>
  FaultySender(const LinkSpec& spec, EndRole role, Attach attach) : fault_(spec, role), inner_(attach()) {
    if constexpr (requires { fault_.attached(); }) fault_.attached();
  }
  ~FaultySender() {
    if constexpr (requires { fault_.leaving(); }) fault_.leaving();
  }
  FaultySender(const FaultySender&) = delete;
  FaultySender& operator=(const FaultySender&) = delete;

  std::span<std::byte> loan(std::size_t n) { return message_ = inner_.loan(n); }
  bool commit(std::size_t n) {
    if constexpr (requires { fault_.commit(inner_, message_); }) {
      return fault_.commit(inner_, message_.first(n));
    } else {
      return inner_.commit(n);
    }
  }
  void park() requires Parks<Inner> { inner_.park(); }
  void unpark_peer() requires Unparks<Inner> { inner_.unpark_peer(); }
  void finish() requires requires(Inner& inner) { inner.finish(); }
  { inner_.finish(); }

 private:
  Fault fault_;  // outlives the inner end
  Inner inner_;
  std::span<std::byte> message_;
};

template <class Inner, class Fault>
class FaultyReceiver {
 public:
  template <class Attach>
  FaultyReceiver(const LinkSpec& spec, EndRole role, Attach attach) : fault_(spec, role), inner_(attach()) {
    if constexpr (requires { fault_.attached(); }) fault_.attached();
  }
  ~FaultyReceiver() {
    if constexpr (requires { fault_.leaving(); }) fault_.leaving();
  }
  FaultyReceiver(const FaultyReceiver&) = delete;
  FaultyReceiver& operator=(const FaultyReceiver&) = delete;

  std::span<const std::byte> peek(std::size_t n) {
    if constexpr (requires { fault_.peek(inner_, n); }) {
      return fault_.peek(inner_, n);
    } else {
      return inner_.peek(n);
    }
  }
  void release() { inner_.release(); }
  void park() requires Parks<Inner> { inner_.park(); }
  void unpark_peer() requires Unparks<Inner> { inner_.unpark_peer(); }
  [[nodiscard]] bool finished() const requires requires(const Inner& inner) { inner.finished(); }
  { return inner_.finished(); }
  void drain() requires requires(Inner& inner) { inner.drain(); }
  { inner_.drain(); }

 private:
  Fault fault_;
  Inner inner_;
};

template <Mechanism Inner, class Fault>
class Faulty {
  using Sender = FaultySender<SenderOf<Inner>, Fault>;
  using Receiver = FaultyReceiver<ReceiverOf<Inner>, Fault>;

 public:
  static constexpr Traits kTraits = [] {
    Traits traits = Inner::kTraits;
    traits.batches = false;
    if constexpr (requires { Fault::kName; }) traits.name = Fault::kName;
    return traits;
  }();
  static constexpr auto kParameters = [] {
    if constexpr (HasParameters<Fault>) {
      return Fault::kParameters;
    } else if constexpr (HasParameters<Inner>) {
      return Inner::kParameters;
    } else {
      return std::array<Parameter, 0>{};
    }
  }();

  static Unavailable available() requires MayBeUnavailable<Inner> { return Inner::available(); }
  static MessageLimit message_limit(const Settings& parameters) requires LimitsMessages<Inner> {
    return Inner::message_limit(parameters);
  }
  static Unavailable refuses(const Cell& cell) requires Refuses<Inner> { return Inner::refuses(cell); }

  static std::unique_ptr<Faulty> create(const LinkSpec& spec) {
    if constexpr (requires { Fault::before_create(spec); }) Fault::before_create(spec);
    return std::make_unique<Faulty>(spec, Inner::create(spec));
  }
  static std::unique_ptr<Faulty> join(const LinkSpec& spec,
                                      const std::string& address) requires Joinable<Inner> {
    return std::make_unique<Faulty>(spec, Inner::join(spec, address));
  }
  static std::unique_ptr<Faulty> inherit(const LinkSpec& spec, Side side,
                                         std::span<const int> numbers) requires Inheritable<Inner> {
    return std::make_unique<Faulty>(spec, Inner::inherit(spec, side, numbers));
  }

  Faulty(LinkSpec spec, std::unique_ptr<Inner> inner) : spec_(std::move(spec)), inner_(std::move(inner)) {}

  Sender sender() requires(kTraits.flow == Flow::one_way) {
    return Sender(spec_, {.on_the_way_there = !is_way_back()}, [&] { return inner_->sender(); });
  }
  Receiver receiver() requires(kTraits.flow == Flow::one_way) {
    return Receiver(spec_, {.receives = true, .on_the_way_there = !is_way_back()},
                    [&] { return inner_->receiver(); });
  }
  Ends<Sender, Receiver> attach(Side side) requires(kTraits.flow == Flow::duplex) {
    const bool produces = side == Side::producer;
    auto ends = inner_->attach(side);
    return {Sender(spec_, {.on_the_way_there = produces}, [&] { return std::move(ends.sender); }),
            Receiver(spec_, {.receives = true, .on_the_way_there = !produces},
                     [&] { return std::move(ends.receiver); })};
  }

  [[nodiscard]] std::string address() const requires Joinable<Inner> { return inner_->address(); }
  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const requires Inheritable<Inner> {
    return inner_->descriptors(side);
  }
  void unlink() requires Unlinks<Inner> { inner_->unlink(); }
  [[nodiscard]] Settings settings() const requires ReportsSettings<Inner> { return inner_->settings(); }
  [[nodiscard]] Settings settings() const
      requires(!ReportsSettings<Inner> && requires { Fault::settings(); }) {
    return Fault::settings();
  }

 private:
  // The harness numbers the objects of a one-way mechanism.
  [[nodiscard]] bool is_way_back() const { return spec_.name.ends_with("-1"); }

  LinkSpec spec_;
  std::unique_ptr<Inner> inner_;
};

}  // namespace ipcbench
