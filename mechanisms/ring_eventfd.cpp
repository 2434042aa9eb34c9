// A ring whose ends sleep on eventfd(2) objects. These have descriptors but no names, so the ring's memory is
// inherited by descriptor too.
#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/memory_with_events.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"

namespace ipcbench {
namespace {

struct RingEventfdKind {
  static constexpr Traits kTraits{
      .name = "ring_eventfd",
      .summary = "lock-free ring in memory behind a descriptor, sleeping on eventfd objects",
      .made_of = "memfd, eventfd"};
  using Memory = MemoryWithEvents<MemfdMemory>;
  using Sleep = AnnouncedSleep<WaitOnEvent>;
};
using RingEventfd = RingMechanism<RingEventfdKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingEventfd);
}  // namespace ipcbench
