// A ring whose ends sleep on eventfd(2) objects. These have descriptors but no names, so the ring's memory is
// inherited by descriptor too.
#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/memory_with_events.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct RingEventfdKind {
  static constexpr Traits kTraits{
      .name = "ring_eventfd",
      .summary = "lock-free ring in memory behind a descriptor, sleeping on eventfd objects",
      .made_of = "memfd, eventfd",
      .batches = true};
  using Memory = MemoryWithEvents<MemfdMemory>;
  using Sleep = EventSleep;
};
using RingEventfd = RingMechanism<RingEventfdKind>;

}  // namespace

// For all rings that sleep like this one.
template class EndLoops<kSleepingRingLoops, RingSender<EventSleep>, RingReceiver<EventSleep>>;

IPCBENCH_REGISTER_MECHANISM(RingEventfd);
}  // namespace ipcbench
