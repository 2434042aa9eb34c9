// Messages that the kernel copies once, straight from the memory of one process into that of the other:
// process_vm_readv(2) and process_vm_writev(2). The caller names the other process and an address in it.
//
// One end, the owner, keeps the messages in slots of its private memory. It announces where they are in
// shared memory. A ring beside the announcement carries the length of each message; the messages take the
// slots in turn, so that room in the ring is a free slot. An end sleeps as an end of a ring does.
#pragma once

#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/message_buffer.hpp"
#include "mechanisms/parts/process_access.hpp"
#include "mechanisms/parts/ring.hpp"

namespace ipcbench {

inline constexpr std::size_t kMostVmSlots = 256;
inline constexpr Parameter kVmSlots{
    .name = "vm_slots",
    .default_text = "as many as make 64 KiB, at least 2 and at most 256",
    .what = "how many messages can be under way, a power of two (others are rounded up)",
    .min = 1,
    .max = kMostVmSlots};

// Copies all bytes between `here` and an address in that process. Throws KernelError, also if the memory
// there ends too soon.
template <class Call>
void copy_whole(Call call, const char* name, pid_t pid, std::byte* here, std::uint64_t there,
                std::size_t bytes) {
  while (bytes > 0) {
    const iovec local{.iov_base = here, .iov_len = bytes};
    const iovec remote{.iov_base = reinterpret_cast<void*>(there), .iov_len = bytes};
    const ssize_t got = call(pid, &local, 1UL, &remote, 1UL, 0UL);
    if (got < 0) throw_errno(name);
    if (got == 0) throw std::runtime_error(fmt::format("{} copied nothing", name));
    here += got;
    there += static_cast<std::uint64_t>(got);
    bytes -= static_cast<std::size_t>(got);
  }
}

// How many slots a link has, and how far they are apart: a cache line is in one slot only.
struct SlotLayout {
  static SlotLayout of(const LinkSpec& spec) {
    constexpr std::size_t kBytes = 65536;
    constexpr std::size_t kLineBytes = 64;
    const std::uint64_t asked =
        spec.parameter(kVmSlots.name)
            .value_or(std::clamp<std::size_t>(kBytes / spec.message_bytes, 2, kMostVmSlots));
    return {.slots = std::bit_ceil(asked),
            .stride_bytes = (spec.message_bytes + kLineBytes - 1) / kLineBytes * kLineBytes};
  }
  // Of the message with that number, from the beginning of the slots.
  [[nodiscard]] std::size_t offset(std::uint64_t message) const {
    return static_cast<std::size_t>(message & (slots - 1)) * stride_bytes;
  }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(slots) * stride_bytes; }

  std::uint64_t slots = 0;
  std::size_t stride_bytes = 0;
};

// Where the owner's slots are. Stored once, with release, before the owner's first message.
struct SlotPlace {
  pid_t creator = getpid();
  Atomic<pid_t> owner{0};
  Atomic<std::uint64_t> address{0};

  // The other end is a child of the creator, or a thread of this process.
  void announce(const MessageBuffer& slots) {
    permit_access(creator);
    owner.store(getpid(), std::memory_order_relaxed);
    address.store(reinterpret_cast<std::uintptr_t>(slots.data()), std::memory_order_release);
  }
};

// The shared part of a link: a ring of lengths and the place of the slots.
class SlotControl {
 public:
  using Sleep = FutexSleep;
  using Length = std::uint64_t;

  static std::size_t memory_bytes(const SlotLayout& layout) { return place_at(layout) + sizeof(SlotPlace); }

  SlotControl(void* memory, const SlotLayout& layout)
      : ring_(memory, ring_bytes(layout)),
        place_(reinterpret_cast<SlotPlace*>(static_cast<std::byte*>(memory) + place_at(layout))) {}

  // Called once by the creator.
  void initialise() {
    ring_.initialise(has_heavy_fence());
    new (place_) SlotPlace;
  }
  [[nodiscard]] Ring<Sleep> ring() const { return ring_; }
  [[nodiscard]] SlotPlace& place() const { return *place_; }

 private:
  static std::size_t ring_bytes(const SlotLayout& layout) {
    return static_cast<std::size_t>(layout.slots) * sizeof(Length);
  }
  static std::size_t place_at(const SlotLayout& layout) {
    const std::size_t end = Ring<Sleep>::memory_bytes(ring_bytes(layout));
    return (end + kNoSharingBytes - 1) / kNoSharingBytes * kNoSharingBytes;
  }

  Ring<Sleep> ring_;
  SlotPlace* place_;
};

// What both senders have in common: they pass on a length once its message is in the slot.
class LengthSender {
 public:
  LengthSender(const SlotControl& control, const LinkSpec& spec)
      : lengths_(control.ring(), spec.one_cpu), layout_(SlotLayout::of(spec)) {}

  void park() { lengths_.park(); }
  void unpark_peer() { lengths_.unpark_peer(); }

 protected:
  // Whether the next slot is free.
  bool has_room() {
    length_ = lengths_.loan(sizeof(SlotControl::Length));
    return length_.data() != nullptr;
  }
  void pass_on(std::size_t n) {
    const SlotControl::Length length = n;
    std::memcpy(length_.data(), &length, sizeof length);
    lengths_.commit(sizeof length);
    ++message_;
  }
  [[nodiscard]] std::size_t offset() const { return layout_.offset(message_); }
  [[nodiscard]] const SlotLayout& layout() const { return layout_; }

 private:
  RingSender<SlotControl::Sleep> lengths_;
  SlotLayout layout_;
  std::span<std::byte> length_;
  std::uint64_t message_ = 0;
};

class LengthReceiver {
 public:
  LengthReceiver(const SlotControl& control, const LinkSpec& spec)
      : lengths_(control.ring()), layout_(SlotLayout::of(spec)) {}

  void park() { lengths_.park(); }
  void unpark_peer() { lengths_.unpark_peer(); }

 protected:
  // Whether a message of `n` bytes has come; throws std::runtime_error if it has another length.
  bool has_message(std::size_t n) {
    const std::span<const std::byte> shown = lengths_.peek(sizeof(SlotControl::Length));
    if (shown.data() == nullptr) return false;
    SlotControl::Length length = 0;
    std::memcpy(&length, shown.data(), sizeof length);
    if (length != n) throw_wrong_length(static_cast<std::size_t>(length), n);
    return true;
  }
  void free_slot() {
    lengths_.release();
    ++message_;
  }
  [[nodiscard]] std::size_t offset() const { return layout_.offset(message_); }
  [[nodiscard]] const SlotLayout& layout() const { return layout_; }

 private:
  RingReceiver<SlotControl::Sleep> lengths_;
  SlotLayout layout_;
  std::uint64_t message_ = 0;
};

template <class Call>
Unavailable why_not_between_processes(Call call, const char* name) {
  return why_no_access(name, [&](pid_t child) {
    static std::byte here{};
    copy_whole(call, name, child, &here, reinterpret_cast<std::uintptr_t>(&here), 1);
  });
}

// `Kind` says in which direction the copy goes:
//   static constexpr Traits kTraits;
//   Sender, Receiver: made of (SlotControl, LinkSpec)
//   static Unavailable available();
template <class Kind>
class ProcessMemory {
 public:
  static constexpr Traits kTraits = Kind::kTraits;
  static constexpr std::array kParameters{kVmSlots};

  static Unavailable available() {
    if (auto reason = MemfdMemory::available()) return reason;
    return Kind::available();
  }

  static std::unique_ptr<ProcessMemory> create(const LinkSpec& spec) {
    auto link = std::make_unique<ProcessMemory>(spec, MemfdMemory::create(spec, control_bytes(spec)));
    link->control().initialise();
    return link;
  }
  static std::unique_ptr<ProcessMemory> inherit(const LinkSpec& spec, Side, std::span<const int> numbers) {
    return std::make_unique<ProcessMemory>(spec, MemfdMemory::inherit(numbers, control_bytes(spec)));
  }

  ProcessMemory(LinkSpec spec, MemfdMemory memory) : spec_(std::move(spec)), memory_(std::move(memory)) {}

  typename Kind::Sender sender() { return {control(), spec_}; }
  typename Kind::Receiver receiver() { return {control(), spec_}; }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side) const { return memory_.descriptors(); }
  [[nodiscard]] Settings settings() const {
    return {{std::string(kVmSlots.name), SlotLayout::of(spec_).slots}};
  }

 private:
  static std::size_t control_bytes(const LinkSpec& spec) {
    return SlotControl::memory_bytes(SlotLayout::of(spec));
  }
  [[nodiscard]] SlotControl control() const { return {memory_.data(), SlotLayout::of(spec_)}; }

  LinkSpec spec_;
  MemfdMemory memory_;
};

}  // namespace ipcbench
