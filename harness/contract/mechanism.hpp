// The contract between the harness and a mechanism: the page that every author reads. A mechanism is a class
// in a file of its own under mechanisms/. The file's last line registers the class; no other file changes.
//
// Obligations (the conformance suite tests them over every mechanism x wait x peers x size):
//  - kTraits tells the truth (traits.hpp).
//  - create() makes the kernel object exclusively, readable and writable by this user only. Its destructor
//    removes whatever has a name. join() opens the object from another process and removes nothing.
//  - A name outside LinkSpec::directory is noted in the run's ledger before the object is made, so that
//    whoever cleans up after a killed launch finds it: keep the name in an OwnedName (owned_name.hpp).
//  - The verbs of an end are the four below. No end is ever called from two threads at once.
//      sender    loan(n)    room for up to n bytes of the current message; no memory: full now
//                commit(n)  hands over the n bytes written into the loan; false: full now, call again with
//                           the same n (the end remembers what was already taken)
//      receiver  peek(n)    1 to n of the next bytes of the current message; no memory: none yet
//                release()  done with what peek() gave
//    A span without memory (data() is null) means "not now". A token, a message of 0 bytes, is an empty span
//    with memory: loan(0) and peek(0) give one as soon as there is room or a token.
//    The messages of a link need not be of one length. loan() and peek() name the length of the current one
//    or what is left of it, which both ends know.
//    Most mechanisms lend and show a whole message. One that holds less (a small ring) works in pieces, and
//    the harness loops until the message is through.
//  - Under LinkSpec::wait `block` the verbs may sleep; under every other strategy they return at once.
//    `epoll` is `poll` to a mechanism.
//  - Both ends may be threads of one process (LinkSpec::one_process). On a mechanism that is not named, they
//    call sender() and receiver() of one object, more than once if it can be shared; neither call may take
//    from the object what the other needs. Each thread joins a named mechanism by itself.
//  - Errors of the kernel are thrown as KernelError, broken promises as std::runtime_error,
//    or as Error where there is a remedy (harness/base/error.hpp).
//  - Nothing else happens between two messages: no allocation, no logging, no configuration.
//
// Everything optional is in abilities.hpp: sleeping and waking, messages straight from and to the caller's
// memory, several messages at once, a descriptor to wait on, a thread that helps, parameters, limits, being
// unavailable, refusing cells, inheriting descriptors, losing messages.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/axes.hpp"
#include "harness/base/cell.hpp"
#include "harness/contract/traits.hpp"

namespace ipcbench {

// How a mechanism is asked to wait: of `epoll` the harness takes care.
constexpr Wait wait_of_mechanism(Wait wait) { return wait == Wait::epoll ? Wait::poll : wait; }

struct LinkSpec {
  std::size_t message_bytes = 0;  // the length of the link's messages, or of the longest of them
  Wait wait = Wait::block;
  std::string directory;  // private to this launch, mode 0700, removed afterwards
  std::string name;       // unpredictable and unique to this link: ipcbench-<hex>-<n>
  Settings parameters;
  bool one_process = false;    // both ends are threads of this process
  bool one_cpu = false;        // all ends are pinned to one CPU
  std::string mechanism = {};  // its registered name, for a class that stands for several
  std::uint32_t batch = 1;     // messages that an end hands over at once; above 1 for M::Batched only

  // The place for a file, FIFO or socket of this link, as unpredictable as the directory. Short, because a
  // UNIX socket's path has at most 107 characters.
  [[nodiscard]] std::string path() const { return directory + "/" + name.substr(name.rfind('-') + 1); }

  // For objects whose names begin with a slash. (Not "/" + name: g++ 12 wrongly warns, PR105651.)
  [[nodiscard]] std::string slash_name() const { return std::string(1, '/').append(name); }

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

// The two ends that one side of a duplex link holds.
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

// Needed by a named mechanism: join() finds the object by its address().
template <class M>
concept Joinable = requires(const M& m, const LinkSpec& spec, const std::string& address) {
  { m.address() } -> std::same_as<std::string>;
  { M::join(spec, address) } -> std::same_as<std::unique_ptr<M>>;
};

template <class M>
concept Mechanism = requires(const LinkSpec& spec) {
  { M::kTraits } -> std::convertible_to<Traits>;
  { M::create(spec) } -> std::same_as<std::unique_ptr<M>>;
}
&&((M::kTraits.flow == Flow::one_way && OneWay<M>) || (M::kTraits.flow == Flow::duplex && Duplex<M>)) &&
    (M::kTraits.kinship != Kinship::named || Joinable<M>);

}  // namespace ipcbench
