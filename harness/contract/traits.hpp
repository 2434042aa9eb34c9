// The traits of a mechanism, as data. The harness skips what they exclude and relies on what they promise;
// the conformance suite tests both. Reports carry some of them (MechanismInfo).
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "harness/base/axes.hpp"
#include "harness/base/mechanism_info.hpp"

namespace ipcbench {

// Who can hold an end: threads of the creator only, its descendants too, or any process of the same user.
enum class Kinship { one_process, kin, named };
// Whether the mechanism keeps messages apart.
enum class Framing { stream, message };
// Whether one object carries messages one way (a ping-pong takes two objects) or both ways.
enum class Flow { one_way, duplex };
// How long the kernel object lives if nobody removes it: until the last process that has it ends, until the
// next boot, or until its file is removed.
enum class Lifetime { process, kernel, file_system };
// none: a floor, which moves nothing; its two ends never meet.
enum class Delivery { reliable, lossy, none };

// Whether several ends can hold one side. Each message then goes whole from one sender to one receiver.
struct Sharing {
  bool senders = false;
  bool receivers = false;
  std::size_t whole_bytes = SIZE_MAX;  // longer messages of several senders may mix
};

struct WaitSet {
  unsigned bits = 0;  // public, so that a set can be an argument of a template

  constexpr WaitSet(std::initializer_list<Wait> waits) {
    for (const Wait wait : waits) bits |= bit(wait);
  }
  [[nodiscard]] constexpr WaitSet without(Wait wait) const {
    WaitSet rest = *this;
    rest.bits &= ~bit(wait);
    return rest;
  }
  [[nodiscard]] constexpr WaitSet with(Wait wait) const {
    WaitSet more = *this;
    more.bits |= bit(wait);
    return more;
  }
  [[nodiscard]] constexpr bool contains(Wait wait) const { return (bits & bit(wait)) != 0; }

 private:
  static constexpr unsigned bit(Wait wait) { return 1U << static_cast<unsigned>(wait); }
};

// `epoll` follows from the receiver's descriptor (Pollable in abilities.hpp).
inline constexpr WaitSet kAllWaits{Wait::block, Wait::spin, Wait::poll, Wait::adaptive};
// For objects without a descriptor that poll(2) could watch.
inline constexpr WaitSet kAllButPoll = kAllWaits.without(Wait::poll);

// A mechanism states what differs from these defaults.
struct Traits {
  std::string_view name;     // as in cell names: [a-z0-9_]+
  std::string_view summary;  // one line for `ipcbench list`
  // The mechanism that passes messages in the same way: only who owns the memory differs, how an end gets
  // hold of it, or by which call it sleeps on the same word. Profiles measure that one at more sizes, and
  // this one where it is named.
  std::string_view variant_of = {};
  MechanismKind kind = MechanismKind::synchronisation;  // what carries a message
  // The kernel's and the C library's objects, comma-separated, the one that carries the message first.
  std::string_view made_of = {};
  // What code in user space does with a message between the ends, if anything: its threads, copies, batches
  // and protocol. "ZMTP 3.1; an I/O thread an end; batches what waits"
  std::string_view in_between = {};
  // Those objects in made_of that only one process can hold at a time. A dying process may leave them locked.
  std::string_view locks = {};
  Kinship kinship = Kinship::kin;
  Framing framing = Framing::message;
  Flow flow = Flow::one_way;
  WaitSet waits = kAllWaits;
  bool in_place = false;   // the peer's peek() shows the very memory that loan() gave
  bool direct = false;     // has payload `direct` (SendsFrom, ReceivesInto in abilities.hpp)
  bool batches = false;    // has axis `batch` (Batches in abilities.hpp)
  bool in_memory = false;  // the message lies in memory that both ends map; the kernel does not carry it
  Lifetime lifetime = Lifetime::process;
  Delivery delivery = Delivery::reliable;
  bool priorities = false;         // messages can overtake others by priority
  bool selection_by_type = false;  // the receiver can choose among waiting messages
  bool carries_payload = true;     // false: there are no bytes to copy (the null floor)
  // Limits of the design, whatever the settings. min 0: tokens allowed. max 0: tokens only.
  std::size_t min_message_bytes = 1;
  std::size_t max_message_bytes = SIZE_MAX;
  Sharing sharing = {};
};

constexpr bool is_floor(const Traits& traits) { return traits.kind == MechanismKind::floor; }
constexpr bool carries_bytes(const Traits& traits) {
  return traits.carries_payload && traits.max_message_bytes != 0;
}

// The traits of a mechanism's Batched: a batch has a buffer between, and one end on each side.
constexpr Traits batched(Traits traits) {
  traits.direct = false;
  traits.sharing = {};
  return traits;
}

inline MechanismInfo info_of(const Traits& traits) {
  MechanismInfo info{.name = std::string(traits.name),
                     .kind = traits.kind,
                     .carries_bytes = carries_bytes(traits),
                     .in_place = traits.in_place,
                     .in_memory = traits.in_memory,
                     .stream = traits.framing == Framing::stream,
                     .made_of = std::string(traits.made_of)};
  if (!traits.variant_of.empty()) info.variant_of = traits.variant_of;
  if (!traits.in_between.empty()) info.in_between = traits.in_between;
  return info;
}

}  // namespace ipcbench
