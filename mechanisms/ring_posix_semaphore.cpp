// A ring whose ends sleep on unnamed POSIX semaphores, sem_overview(7), in the ring's own memory.
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"

namespace ipcbench {
namespace {

struct RingPosixSemaphoreKind {
  static constexpr Traits kTraits{
      .name = "ring_posix_semaphore",
      .summary = "lock-free ring in POSIX shared memory, sleeping on unnamed POSIX semaphores",
      .made_of = "POSIX shared memory, POSIX semaphore"};
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = AnnouncedSleep<WaitOnPosixSemaphore>;
};
using RingPosixSemaphore = RingMechanism<RingPosixSemaphoreKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingPosixSemaphore);
}  // namespace ipcbench
