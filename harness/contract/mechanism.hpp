// The contract between the harness and a mechanism. A mechanism is a class in a file of its own under
// mechanisms/, registered by that file's last line; adding one edits no other file.
//
// Obligations (the conformance suite tests them over every mechanism x wait x peers x size):
//  - kTraits tells the truth: the harness skips what it excludes and counts on what it promises.
//  - available() never throws or crashes; it names the reason when the answer is no.
//  - create() makes the kernel object exclusively, readable and writable by this user only, and the
//    object's destructor removes whatever has a name. join() opens it from another process and removes
//    nothing.
//  - An end speaks four verbs. None of them is ever called from two threads at once.
//      sender    loan(n)    room for up to n bytes of the message at hand; no memory: full now
//                commit(n)  hand over the n bytes that were written into the loan; false: full now, call
//                           again with the same n (what was already taken is remembered by the end)
//      receiver  peek(n)    1 to n of the next bytes of the message at hand; no memory: none yet
//                release()  done with what peek gave
//    A span without memory (data() is null) says "not now". A token, a message of 0 bytes, is an empty span
//    with memory: loan(0) and peek(0) give one as soon as there is room or a token.
//    Most mechanisms lend and show a whole message; one that holds less than a message (a small ring)
//    works in pieces, and the harness loops until the message is through.
//  - Errors of the kernel are thrown as KernelError, broken promises as Error.
//  - LinkSpec::wait tells how the verbs behave: under `block` they may sleep; under every other strategy
//    they return at once. An end that can sleep until its turn comes offers park(); it may return early.
//    An end whose peer sleeps in user space offers unpark_peer(), called after each commit or release.
//  - Both ends may be attached in one process (LinkSpec::one_process): then sender() and receiver() of a
//    mechanism of kin are called on one object from two threads, and more than once if it can be shared; they
//    leave the object as it is. Named mechanisms are joined by each thread.
//  - Nothing else happens between two messages: no allocation, no logging, no configuration.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/mechanism_info.hpp"

namespace ipcbench {

// Who can hold an end: only descendants of the creator, or any process of the same user.
enum class Kinship { kin, named };
// Whether the mechanism itself keeps messages apart.
enum class Framing { stream, message };
// Whether one object carries messages one way (a ping-pong takes two objects) or both ways.
enum class Flow { one_way, duplex };
// What ends the kernel object's life, if nobody removes it: the last process, a reboot, or the file's
// removal.
enum class Lifetime { process, kernel, file_system };
// none: a floor, which moves nothing; its two ends never meet.
enum class Delivery { reliable, lossy, none };

// Whether several ends can hold one side of an object, each message going whole from one sender to one
// receiver.
struct Sharing {
  bool senders = false;
  bool receivers = false;
  std::size_t whole_bytes = SIZE_MAX;  // longer messages of several senders could mix
};

class WaitSet {
 public:
  constexpr WaitSet(std::initializer_list<Wait> waits) {
    for (const Wait wait : waits) bits_ |= bit(wait);
  }
  [[nodiscard]] constexpr WaitSet without(Wait wait) const {
    WaitSet rest = *this;
    rest.bits_ &= ~bit(wait);
    return rest;
  }
  [[nodiscard]] constexpr bool contains(Wait wait) const { return (bits_ & bit(wait)) != 0; }

 private:
  static constexpr unsigned bit(Wait wait) { return 1U << static_cast<unsigned>(wait); }
  unsigned bits_ = 0;
};

inline constexpr WaitSet kAllWaits{Wait::block, Wait::spin, Wait::poll, Wait::adaptive};

struct Traits {
  std::string_view name;                                // as in cell names: [a-z0-9_]+
  std::string_view summary;                             // one line for `ipcbench list`
  MechanismKind kind = MechanismKind::synchronisation;  // what carries a message
  // The kernel's and the C library's objects, the one that carries the message first, comma-separated.
  std::string_view made_of = {};
  // Those of made_of that one process holds at a time: one that dies may leave them taken.
  std::string_view locks = {};
  Kinship kinship = Kinship::kin;
  Framing framing = Framing::message;
  Flow flow = Flow::one_way;
  WaitSet waits = kAllWaits;
  bool in_place = false;  // the memory that loan gives is what the peer's peek shows
  bool in_memory =
      false;  // the message stands in memory that both ends map; nothing carries it through the kernel
  Lifetime lifetime = Lifetime::process;
  Delivery delivery = Delivery::reliable;
  bool priorities = false;         // messages can overtake by priority
  bool selection_by_type = false;  // the receiver can choose among waiting messages
  bool carries_payload = true;     // false: there are no bytes to copy (the null floor)
  // By design, whatever the settings. From 0: a token can be passed without any payload; up to 0: nothing
  // else can.
  std::size_t min_message_bytes = 1;
  std::size_t max_message_bytes = SIZE_MAX;
  Sharing sharing = {};
};

constexpr bool is_floor(const Traits& traits) { return traits.kind == MechanismKind::floor; }
// Whether its messages can have bytes at all.
constexpr bool carries_bytes(const Traits& traits) {
  return traits.carries_payload && traits.max_message_bytes != 0;
}

// As it stands in reports.
inline MechanismInfo info_of(const Traits& traits) {
  return {.name = std::string(traits.name),
          .kind = traits.kind,
          .carries_bytes = carries_bytes(traits),
          .in_place = traits.in_place,
          .in_memory = traits.in_memory,
          .stream = traits.framing == Framing::stream,
          .made_of = std::string(traits.made_of)};
}

// A setting of the kernel or the mechanism that changes results. Absent from LinkSpec::parameters means
// the default, which is the kernel's own wherever the kernel has one.
struct Parameter {
  std::string_view name;  // with its unit: pipe_bytes
  std::string_view default_text;
  std::string_view what;
  std::uint64_t min = 0;
  std::uint64_t max = UINT64_MAX;
};

// Empty: available. Otherwise the reason why not, and the remedy where there is one, in one line.
using Unavailable = std::optional<std::string>;

struct MessageLimit {
  std::size_t bytes = SIZE_MAX;
  std::string remedy;  // how to raise it: "raise fs.mqueue.msgsize_max (sysctl)"
};

struct LinkSpec {
  std::size_t message_bytes = 0;  // every message on the link has this length
  Wait wait = Wait::block;
  std::string directory;  // private to this launch, mode 0700, removed afterwards
  std::string name;       // unpredictable and unique to this link: ipcbench-<hex>-<n>
  Settings parameters;
  bool one_process = false;  // both ends are threads of this process

  // Where a file, FIFO or socket of this link stands. Short, since a UNIX socket's path has 107 characters at
  // most, and as unpredictable as the directory.
  [[nodiscard]] std::string path() const { return directory + "/" + name.substr(name.rfind('-') + 1); }

  [[nodiscard]] std::optional<std::uint64_t> parameter(std::string_view parameter_name) const {
    const auto found = parameters.find(parameter_name);
    return found == parameters.end() ? std::nullopt : std::optional{found->second};
  }
};

template <class S>
concept SenderEnd = requires(S& sender, std::size_t n) {
  { sender.loan(n) } -> std::same_as<std::span<std::byte>>;
  { sender.commit(n) } -> std::same_as<bool>;
};

template <class R>
concept ReceiverEnd = requires(R& receiver, std::size_t n) {
  { receiver.peek(n) } -> std::same_as<std::span<const std::byte>>;
  { receiver.release() } -> std::same_as<void>;
};

template <class End>
concept Parks = requires(End& end) {
  end.park();
};

template <class End>
concept Unparks = requires(End& end) {
  end.unpark_peer();
};

// Lossy mechanisms say when the producer is through, since counting cannot: finish() may be sent again
// and again; once one arrives, peek comes back empty and finished() is true until the next peek. drain()
// throws away, without waiting, whatever has arrived.
template <class S, class R>
concept Finishes = requires(S& sender, R& receiver) {
  sender.finish();
  { receiver.finished() } -> std::same_as<bool>;
  receiver.drain();
};

// What one side of a duplex link holds.
template <SenderEnd S, ReceiverEnd R>
struct Ends {
  S sender;
  R receiver;
};

template <class M>
concept OneWay = requires(M& m) {
  { m.sender() } -> SenderEnd;
  { m.receiver() } -> ReceiverEnd;
};

template <class M>
concept Duplex = requires(M& m, Side side) {
  { m.attach(side).sender } -> SenderEnd;
  { m.attach(side).receiver } -> ReceiverEnd;
};

template <class M>
concept Joinable = requires(const M& m, const LinkSpec& spec, const std::string& address) {
  { m.address() } -> std::same_as<std::string>;  // what join needs to find the object
  { M::join(spec, address) } -> std::same_as<std::unique_ptr<M>>;
};

// Of a mechanism of kin whose object is held by descriptors: what the end that is `side` of this object has
// to inherit, and the object made from those numbers, in that order, in the process that has inherited them.
template <class M>
concept Inheritable = requires(const M& m, const LinkSpec& spec, Side side, std::span<const int> numbers) {
  { m.descriptors(side) } -> std::same_as<std::vector<InheritedFd>>;
  { M::inherit(spec, side, numbers) } -> std::same_as<std::unique_ptr<M>>;
};

// Optional: combinations that the mechanism cannot serve although each part is fine by itself (a parameter
// that makes sense with some peers only). Empty: it can. Otherwise the reason in one line. Never throws.
template <class M>
concept Refuses = requires(const Cell& cell) {
  { M::refuses(cell) } -> std::same_as<Unavailable>;
};

// Optional: unlink() removes the object's name as soon as both ends are attached, so that a crash leaves
// nothing behind. Called in either process, perhaps more than once; a name that is gone is no error.
template <class M>
concept Unlinks = requires(M& m) {
  m.unlink();
};

// Optional: the parameters as the kernel has them in force, asked after attaching.
template <class M>
concept ReportsSettings = requires(const M& m) {
  { m.settings() } -> std::same_as<Settings>;
};

// Optional: static constexpr std::array<Parameter, N> kParameters.
template <class M>
concept HasParameters = requires {
  std::span<const Parameter>{M::kParameters};
};

template <class M>
concept Mechanism = requires(const LinkSpec& spec) {
  { M::kTraits } -> std::convertible_to<Traits>;
  { M::available() } -> std::same_as<Unavailable>;
  // The longest message that the kernel takes under these parameters, asked of it now. Never throws.
  { M::message_limit(spec.parameters) } -> std::same_as<MessageLimit>;
  { M::create(spec) } -> std::same_as<std::unique_ptr<M>>;
}
&&((M::kTraits.flow == Flow::one_way && OneWay<M>) || (M::kTraits.flow == Flow::duplex && Duplex<M>)) &&
    (M::kTraits.kinship == Kinship::kin || Joinable<M>);

// The types of a mechanism's ends.
template <class M>
struct EndTypes {
  using Sender = decltype(std::declval<M&>().sender());
  using Receiver = decltype(std::declval<M&>().receiver());
};
template <class M>
requires(M::kTraits.flow == Flow::duplex) struct EndTypes<M> {
  using Both = decltype(std::declval<M&>().attach(Side::producer));
  using Sender = decltype(Both::sender);
  using Receiver = decltype(Both::receiver);
};
template <class M>
using SenderOf = typename EndTypes<M>::Sender;
template <class M>
using ReceiverOf = typename EndTypes<M>::Receiver;

}  // namespace ipcbench
