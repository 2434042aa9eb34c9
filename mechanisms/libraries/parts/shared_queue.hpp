// Queues of libraries that lie in memory which both ends map, for one producer and one consumer who poll.
// Their capacity is part of their type, so there are two types of each: one that holds as much as a pipe, and
// one with which a stream across two CPUs runs at its full speed.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/named_file_memory.hpp"

namespace ipcbench {

inline constexpr std::size_t kSmallQueueBytes = std::size_t{64} << 10;
inline constexpr std::size_t kLargeQueueBytes = std::size_t{1} << 20;

inline constexpr Parameter kCapacityBytes{
    .name = "capacity_bytes",
    .default_text = "65536, what a pipe holds",
    .what = "capacity of the queue, which its type fixes: 65536 or 1048576 (others are rounded up)",
    .min = 1,
    .max = kLargeQueueBytes,
    .tuned = kLargeQueueBytes};

// Queue<N>: a type that holds N bytes, may lie in shared memory, and needs no destructor.
template <template <std::size_t> class Queue>
class SharedQueue {
 public:
  // In memory that somebody else owns.
  SharedQueue(void* memory, std::size_t capacity)
      : memory_(memory), is_large_(capacity == kLargeQueueBytes) {}

  static std::size_t memory_bytes(std::size_t capacity) {
    return capacity == kLargeQueueBytes ? sizeof(Queue<kLargeQueueBytes>) : sizeof(Queue<kSmallQueueBytes>);
  }
  // Called once by the creator, before any end exists.
  void construct() const {
    if (is_large_) {
      new (memory_) Queue<kLargeQueueBytes>;
    } else {
      new (memory_) Queue<kSmallQueueBytes>;
    }
  }
  // Calls use(queue).
  template <class Use>
  [[gnu::always_inline]] auto with(Use use) const {
    return is_large_ ? use(*static_cast<Queue<kLargeQueueBytes>*>(memory_))
                     : use(*static_cast<Queue<kSmallQueueBytes>*>(memory_));
  }

 private:
  void* memory_;
  bool is_large_;
};

// Completes the traits of such a queue.
constexpr Traits shared_queue_traits(Traits traits) {
  traits.kind = MechanismKind::library;
  traits.kinship = Kinship::named;
  traits.framing = Framing::stream;
  traits.waits = {Wait::spin};
  traits.in_memory = true;
  traits.lifetime = Lifetime::kernel;
  return traits;
}

// `Kind` says what differs:
//   static constexpr Traits kTraits: name, summary, made_of, in_between
//   Queue: a SharedQueue
//   Sender, Receiver: ends, made from a Queue and its capacity
template <class Kind>
class SharedQueueMechanism {
  using Memory = NamedFileMemory<PosixShm>;
  using Queue = typename Kind::Queue;

 public:
  static constexpr Traits kTraits = shared_queue_traits(Kind::kTraits);
  static constexpr std::array kParameters{kCapacityBytes};

  static Unavailable available() { return Memory::available(); }

  static std::unique_ptr<SharedQueueMechanism> create(const LinkSpec& spec) {
    const std::size_t capacity = capacity_of(spec);
    auto mechanism =
        std::make_unique<SharedQueueMechanism>(Memory::create(spec, Queue::memory_bytes(capacity)), capacity);
    mechanism->queue().construct();
    return mechanism;
  }
  static std::unique_ptr<SharedQueueMechanism> join(const LinkSpec& spec, const std::string& address) {
    const std::size_t capacity = capacity_of(spec);
    return std::make_unique<SharedQueueMechanism>(Memory::join(address, Queue::memory_bytes(capacity)),
                                                  capacity);
  }

  SharedQueueMechanism(Memory memory, std::size_t capacity)
      : memory_(std::move(memory)), capacity_(capacity) {}

  typename Kind::Sender sender() {
    make_present();
    return {queue(), capacity_};
  }
  typename Kind::Receiver receiver() {
    make_present();
    return {queue(), capacity_};
  }

  [[nodiscard]] std::string address() const { return memory_.address(); }
  void unlink() const noexcept { memory_.unlink(); }
  [[nodiscard]] std::span<const std::byte> memory() const {
    return {static_cast<const std::byte*>(memory_.data()), Queue::memory_bytes(capacity_)};
  }
  [[nodiscard]] Settings settings() const { return {{std::string(kCapacityBytes.name), capacity_}}; }

 private:
  static std::size_t capacity_of(const LinkSpec& spec) {
    const bool is_large = spec.parameter(kCapacityBytes.name).value_or(0) > kSmallQueueBytes;
    return is_large ? kLargeQueueBytes : kSmallQueueBytes;
  }
  [[nodiscard]] Queue queue() const { return {memory_.data(), capacity_}; }
  void make_present() const { populate(memory_.data(), Queue::memory_bytes(capacity_)); }

  Memory memory_;
  std::size_t capacity_;
};

}  // namespace ipcbench
