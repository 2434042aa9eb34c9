// A ring in POSIX shared memory, shm_open(3), joined by name. Its ends sleep on a futex; those of the rings
// called ring_* sleep on something else.
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct PosixShmRingKind {
  static constexpr Traits kTraits{
      .name = "posix_shm_ring",
      .summary = "lock-free ring in POSIX shared memory (shm_open), sleeping on a futex",
      .made_of = "POSIX shared memory, futex"};
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = FutexSleep;
  static constexpr bool kCanBeHuge = true;
};
using PosixShmRing = RingMechanism<PosixShmRingKind>;

}  // namespace

// For all rings that sleep like this one.
template class EndLoops<kSleepingRingLoops, RingSender<FutexSleep>, RingReceiver<FutexSleep>>;

IPCBENCH_REGISTER_MECHANISM(PosixShmRing);
}  // namespace ipcbench
