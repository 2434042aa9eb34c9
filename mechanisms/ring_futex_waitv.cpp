// The ring of posix_shm_ring.cpp, whose ends sleep by futex_waitv(2) on the word on which they sleep there by
// futex(2). Both are woken alike.
#include "mechanisms/parts/futex_waitv.hpp"
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct RingFutexWaitvKind {
  static constexpr Traits kTraits{.name = "ring_futex_waitv",
                                  .summary = "lock-free ring in POSIX shared memory, sleeping by futex_waitv",
                                  .variant_of = "posix_shm_ring",
                                  .made_of = "POSIX shared memory, futex_waitv"};
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = FutexWaitvSleep;

  static Unavailable available() { return futex_waitv_available(); }
};
using RingFutexWaitv = RingMechanism<RingFutexWaitvKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingFutexWaitv);
}  // namespace ipcbench
