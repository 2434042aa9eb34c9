// A ring whose ends sleep on eventfd(2) objects. These have descriptors but no names, so the ring's memory is
// inherited by descriptor too.
#include <sys/eventfd.h>

#include <array>

#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"

namespace ipcbench {
namespace {

class MemoryWithEvents : public MemfdMemory {
 public:
  static MemoryWithEvents create(const LinkSpec& spec, std::size_t bytes) {
    return {MemfdMemory::create(spec, bytes), open_event(), open_event()};
  }
  static MemoryWithEvents inherit(std::span<const int> numbers, std::size_t bytes) {
    return {MemfdMemory::inherit(numbers.first(1), bytes), Fd(numbers[1]), Fd(numbers[2])};
  }

  // Each end waits for one event and posts the other.
  [[nodiscard]] std::vector<InheritedFd> descriptors() const {
    std::vector<InheritedFd> all = MemfdMemory::descriptors();
    for (const int event : wait_objects()) all.push_back({.fd = event});
    return all;
  }
  [[nodiscard]] std::array<int, 2> wait_objects() const { return {events_[0].get(), events_[1].get()}; }

 private:
  MemoryWithEvents(MemfdMemory memory, Fd consumers, Fd producers)
      : MemfdMemory(std::move(memory)), events_{std::move(consumers), std::move(producers)} {}

  static Fd open_event() { return Fd(checked(eventfd(0, EFD_CLOEXEC), "eventfd")); }

  std::array<Fd, 2> events_;
};

struct RingEventfdKind {
  static constexpr Traits kTraits{
      .name = "ring_eventfd",
      .summary = "lock-free ring in memory behind a descriptor, sleeping on eventfd objects",
      .made_of = "memfd, eventfd"};
  using Memory = MemoryWithEvents;
  using Sleep = AnnouncedSleep<WaitOnEvent>;
};
using RingEventfd = RingMechanism<RingEventfdKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingEventfd);
}  // namespace ipcbench
