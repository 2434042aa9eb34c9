// A ring in memory behind a descriptor, memfd_create(2). It has no name and is passed on by inheritance.
#include "mechanisms/parts/memfd_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct MemfdRingKind {
  static constexpr Traits kTraits{.name = "memfd_ring",
                                  .summary = "lock-free ring in memory behind a descriptor (memfd_create)",
                                  .variant_of = "posix_shm_ring",
                                  .made_of = "memfd, futex"};
  using Memory = MemfdMemory;
  using Sleep = FutexSleep;
  static constexpr bool kCanBeHuge = true;
};
using MemfdRing = RingMechanism<MemfdRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MemfdRing);
}  // namespace ipcbench
