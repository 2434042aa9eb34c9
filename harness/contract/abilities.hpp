// Optional abilities of mechanisms and ends. Each concept states when it is needed and the default.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/fd.hpp"
#include "harness/contract/mechanism.hpp"

namespace ipcbench {

// --- An end's abilities -----------------------------------------------------------------------------------

// Needed if the end can sleep until its turn comes. park() may return early. Default: the end is polled.
template <class End>
concept Parks = requires(End& end) {
  end.park();
};

// Needed if the peer sleeps in user space. Called after each commit or release. Default: the kernel wakes it.
template <class End>
concept Unparks = requires(End& end) {
  end.unpark_peer();
};

// Needed if the CPU can watch the memory that shows the end its turn. watch() pauses until somebody stores
// there, never for long, and may return early; `spin` calls it unless both ends are on one CPU. Default: the
// CPU's usual pause.
template <class End>
concept Watches = requires(End& end) {
  end.watch();
};

// Needed if a sender lends a long message as a whole, but the receiver can begin with its first part: a
// message that is copied in then goes in pieces of piece_bytes(), so that both ends copy at once. Default: a
// piece is what loan() lends.
template <class S>
concept LendsPieces = requires(const S& sender) {
  { sender.piece_bytes() } -> std::same_as<std::size_t>;
};

// Needed on a receiver for `epoll`, and for watching idle descriptors (Cell::watched): the descriptor that is
// readable (POLLIN) whenever peek() would find a message, and at the latest once the peer is gone. It stays
// the same. Default: the mechanism has `poll` at most, by park().
template <class R>
concept Pollable = requires(const R& receiver) {
  { receiver.pollable_fd() } -> std::same_as<int>;
};

// Needed on both ends for payload `direct`: the message is taken from the caller's memory, or put into it, by
// the call that moves it, without the buffer that loan() and peek() show. Whole messages, as long as the
// link's; may sleep as the other verbs may. False: not now, call again with the same memory, part of which
// may have been moved. Default: the payload can be had from loan() and peek() only.
template <class S>
concept SendsFrom = requires(S& sender, std::span<const std::byte> message) {
  { sender.send_from(message) } -> std::same_as<bool>;
};
template <class R>
concept ReceivesInto = requires(R& receiver, std::span<std::byte> into) {
  { receiver.receive_into(into) } -> std::same_as<bool>;
};

// Needed on the sender of M::Batched, see Batches: commit() keeps messages, and flush() hands over all that
// are kept. It may sleep as the other verbs may. False: full now, call again; some may have been handed over.
// With nothing kept it does nothing. loan() gives no memory if there is no room beside what is kept; whoever
// waits for room calls flush() first, or both ends would wait.
template <class S>
concept Flushes = requires(S& sender) {
  { sender.flush() } -> std::same_as<bool>;
};

// Needed if a thread of the kernel works for the end beside the one that calls the verbs (a poller of a
// queue): the CPU time of that thread so far, which is added to the end's own. A side whose two ends share
// such a thread reports it by one of them. Called between the phases only. Default: none.
template <class End>
concept HasHelper = requires(const End& end) {
  { end.helper_cpu_ns() } -> std::same_as<std::uint64_t>;
};

// Needed if messages may get lost, because counting then does not tell when the producer has finished.
// finish() may be sent again and again; once one arrives, peek() comes back empty and finished() is true
// until the next peek(). drain() discards whatever has arrived, without waiting.
template <class S, class R>
concept Finishes = requires(S& sender, R& receiver) {
  sender.finish();
  { receiver.finished() } -> std::same_as<bool>;
  receiver.drain();
};

// --- A mechanism's abilities ------------------------------------------------------------------------------

// Empty: available. Otherwise the reason why not in one line, with the remedy where there is one.
using Unavailable = std::optional<std::string>;

// Needed if some kernel, container or setting lacks the mechanism. Never throws. Default: always available.
template <class M>
concept MayBeUnavailable = requires {
  { M::available() } -> std::same_as<Unavailable>;
};

struct MessageLimit {
  std::size_t bytes = SIZE_MAX;
  std::string remedy;  // how to raise it: "raise fs.mqueue.msgsize_max (sysctl)"
};

// Needed if the kernel limits the length of a message: the limit under these parameters, queried now. Never
// throws. Default: the limit of the traits.
template <class M>
concept LimitsMessages = requires(const Settings& parameters) {
  { M::message_limit(parameters) } -> std::same_as<MessageLimit>;
};

// A setting of the kernel or the mechanism that changes results. If it is absent from LinkSpec::parameters,
// its default holds: the kernel's own wherever the kernel has one.
struct Parameter {
  std::string_view name;  // with its unit: pipe_bytes
  std::string_view default_text;
  std::string_view what;
  std::uint64_t min = 0;
  std::uint64_t max = UINT64_MAX;
  // For the parameter that decides how much can be under way at once: a value that lets a stream across two
  // CPUs run at its full speed. A default run measures it beside the default. 0: not such a parameter.
  std::uint64_t tuned = 0;
};

// Needed if it has parameters: static constexpr std::array<Parameter, N> kParameters.
template <class M>
concept HasParameters = requires {
  std::span<const Parameter>{M::kParameters};
};

// Needed if it has parameters that the kernel may change: the values in force, queried after attaching.
template <class M>
concept ReportsSettings = requires(const M& m) {
  { m.settings() } -> std::same_as<Settings>;
};

// Needed if messages lie in memory that both ends map: that memory, present in this process once an end has
// been made. The report says on which NUMA node it is.
template <class M>
concept HasMemory = requires(const M& m) {
  { m.memory() } -> std::same_as<std::span<const std::byte>>;
};

// Needed if it supports some values one by one but not in combination (a parameter that makes sense with some
// peers only). Never throws.
template <class M>
concept Refuses = requires(const Cell& cell) {
  { M::refuses(cell) } -> std::same_as<Unavailable>;
};

// Needed if the object's name is of no use once both ends are attached: unlink() removes it then, so that a
// crash leaves nothing behind. Called in either process, perhaps repeatedly; a missing name is no error.
template <class M>
concept Unlinks = requires(M& m) {
  m.unlink();
};

// Needed if a kin-only mechanism consists of descriptors, which unrelated ends can inherit. descriptors():
// those that the end on `side` needs. inherit(): the object made from their numbers, in the same order.
template <class M>
concept Inheritable = requires(const M& m, const LinkSpec& spec, Side side, std::span<const int> numbers) {
  { m.descriptors(side) } -> std::same_as<std::vector<InheritedFd>>;
  { M::inherit(spec, side, numbers) } -> std::same_as<std::unique_ptr<M>>;
};

// --- The types of a mechanism's ends, for the harness -----------------------------------------------------

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

// Needed for axis `batch`: M::Batched is the same mechanism with a sender that Flushes. Its receiver may read
// ahead what one call brings, up to LinkSpec::batch messages, and peek() shows them one by one. It is a type
// of its own so that a message that goes by itself takes the very code that it took before. All messages of
// its links have LinkSpec::message_bytes. Default: each message is handed over by itself.
template <class M>
concept Batches = Mechanism<typename M::Batched> && Flushes<SenderOf<typename M::Batched>>;

// The ways of waiting that the harness offers for it: its own, and `epoll`.
template <class M>
inline constexpr WaitSet kWaitsOf = M::kTraits.waits.contains(Wait::poll) && Pollable<ReceiverOf<M>>
                                        ? M::kTraits.waits.with(Wait::epoll)
                                        : M::kTraits.waits;

// Whether it has payload `direct`.
template <class M>
concept MovesDirectly =
    M::kTraits.delivery == Delivery::reliable&& SendsFrom<SenderOf<M>>&& ReceivesInto<ReceiverOf<M>>;

}  // namespace ipcbench
