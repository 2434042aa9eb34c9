// A ring in a System V shared memory segment, shmget(2).
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/sysv_segment.hpp"

namespace ipcbench {
namespace {

struct SysvShmRingKind {
  static constexpr Traits kTraits{.name = "sysv_shm_ring",
                                  .summary = "lock-free ring in a System V shared memory segment (shmget)",
                                  .variant_of = "posix_shm_ring",
                                  .made_of = "System V segment, futex"};
  using Memory = SysvSegment;
  using Sleep = FutexSleep;
  static constexpr bool kCanBeHuge = true;
};
using SysvShmRing = RingMechanism<SysvShmRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SysvShmRing);
}  // namespace ipcbench
