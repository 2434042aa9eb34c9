// Memory behind a descriptor, with two eventfd(2) objects for the ends of a ring to sleep on.
#pragma once

#include <sys/eventfd.h>

#include <array>
#include <utility>
#include <vector>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"

namespace ipcbench {

// Memory: a DescriptorMemory (memfd_memory.hpp).
template <class Memory>
class MemoryWithEvents : public Memory {
 public:
  static MemoryWithEvents create(const LinkSpec& spec, std::size_t bytes) {
    return {Memory::create(spec, bytes), open_event(), open_event()};
  }
  static MemoryWithEvents inherit(std::span<const int> numbers, std::size_t bytes) {
    return {Memory::inherit(numbers.first(1), bytes), Fd(numbers[1]), Fd(numbers[2])};
  }

  // Each end waits for one event and posts the other.
  [[nodiscard]] std::vector<InheritedFd> descriptors() const {
    std::vector<InheritedFd> all = Memory::descriptors();
    for (const int event : wait_objects()) all.push_back({.fd = event});
    return all;
  }
  [[nodiscard]] std::array<int, 2> wait_objects() const { return {events_[0].get(), events_[1].get()}; }

 private:
  MemoryWithEvents(Memory memory, Fd consumers, Fd producers)
      : Memory(std::move(memory)), events_{std::move(consumers), std::move(producers)} {}

  static Fd open_event() { return Fd(checked(eventfd(0, EFD_CLOEXEC), "eventfd")); }

  std::array<Fd, 2> events_;
};

using EventSleep = AnnouncedSleep<WaitOnEvent>;
extern template class EndLoops<kSleepingRingLoops, RingSender<EventSleep>, RingReceiver<EventSleep>>;
extern template class EndLoops<kSleepingRingLoops, BatchedRingSender<EventSleep>, RingReceiver<EventSleep>>;

}  // namespace ipcbench
