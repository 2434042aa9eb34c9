// Queues between threads, which pass on where a message lies: slots in memory that the link allocates once.
// One queue brings the filled slots to the receiver, another the free ones back to the sender, so that no
// more messages are under way than there are slots, however far the library would let a queue grow.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/libraries/parts/queue_depth.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

struct Slot {
  std::byte* bytes = nullptr;
  std::size_t size = 0;
};

// Queue: of slots, made from its greatest length and from whether an end may sleep in it:
//   Writer(Queue&): put(Slot), which always succeeds
//   Reader(Queue&): get(Slot&); false: none is there, and the ends do not sleep
template <class Queue>
struct SlotQueues {
  SlotQueues(std::size_t depth, bool may_sleep) : filled(depth, may_sleep), free(depth, may_sleep) {}

  Queue filled;
  Queue free;
};

template <class Queue>
class SlotSender {
 public:
  explicit SlotSender(SlotQueues<Queue>& queues) : filled_(queues.filled), free_(queues.free) {}

  std::span<std::byte> loan(std::size_t n) {
    if (!free_.get(slot_)) return {};
    return {slot_.bytes, n};
  }
  bool commit(std::size_t n) {
    slot_.size = n;
    filled_.put(slot_);
    return true;
  }

 private:
  typename Queue::Writer filled_;
  typename Queue::Reader free_;
  Slot slot_;
};

template <class Queue>
class SlotReceiver {
 public:
  explicit SlotReceiver(SlotQueues<Queue>& queues) : filled_(queues.filled), free_(queues.free) {}

  std::span<const std::byte> peek(std::size_t n) {
    if (!filled_.get(slot_)) return {};
    if (slot_.size != n) throw_wrong_length(slot_.size, n);
    return {slot_.bytes, n};
  }
  void release() { free_.put(slot_); }

 private:
  typename Queue::Reader filled_;
  typename Queue::Writer free_;
  Slot slot_;
};

// Completes the traits of such queues.
constexpr Traits slot_queue_traits(Traits traits) {
  traits.kind = MechanismKind::library;
  traits.kinship = Kinship::one_process;
  traits.waits = {Wait::block, Wait::spin};
  traits.in_place = true;
  traits.in_memory = true;
  return traits;
}

// `Kind` says what differs:
//   static constexpr Traits kTraits: name, summary, made_of, in_between, sharing
//   Queue: as above
template <class Kind>
class SlotQueueMechanism {
  using Queue = typename Kind::Queue;

 public:
  static constexpr Traits kTraits = slot_queue_traits(Kind::kTraits);
  static constexpr std::array kParameters{kQueueDepth};

  static std::unique_ptr<SlotQueueMechanism> create(const LinkSpec& spec) {
    return std::make_unique<SlotQueueMechanism>(spec);
  }

  explicit SlotQueueMechanism(const LinkSpec& spec)
      : depth_(queue_depth_of(spec)),
        stride_bytes_(whole_lines(spec.message_bytes)),
        slots_(-1, depth_ * stride_bytes_),
        queues_(depth_, spec.wait == Wait::block) {
    typename Queue::Writer free(queues_.free);
    for (std::size_t i = 0; i < depth_; ++i)
      free.put({.bytes = static_cast<std::byte*>(slots_.data()) + i * stride_bytes_});
  }

  SlotSender<Queue> sender() {
    make_present();
    return SlotSender<Queue>(queues_);
  }
  SlotReceiver<Queue> receiver() {
    make_present();
    return SlotReceiver<Queue>(queues_);
  }

  [[nodiscard]] std::span<const std::byte> memory() const {
    return {static_cast<const std::byte*>(slots_.data()), slots_.bytes()};
  }
  [[nodiscard]] Settings settings() const { return {{std::string(kQueueDepth.name), depth_}}; }

 private:
  static std::size_t whole_lines(std::size_t bytes) {
    constexpr std::size_t kLineBytes = 64;
    return (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
  }
  void make_present() const { populate(slots_.data(), slots_.bytes()); }

  std::size_t depth_;
  std::size_t stride_bytes_;
  SharedMapping slots_;
  SlotQueues<Queue> queues_;
};

}  // namespace ipcbench
