// A ring with nothing to sleep on: its ends poll its counters, and neither checks whether the other sleeps.
// Compared with posix_shm_ring under `spin`, it shows that the ability to sleep costs nothing there.
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct RingSpinKind {
  static constexpr Traits kTraits{.name = "ring_spin",
                                  .summary = "lock-free ring in POSIX shared memory, never sleeping",
                                  .made_of = "POSIX shared memory",
                                  .waits = {Wait::spin},
                                  .batches = true};
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = NoSleep;
};
using RingSpin = RingMechanism<RingSpinKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingSpin);
}  // namespace ipcbench
