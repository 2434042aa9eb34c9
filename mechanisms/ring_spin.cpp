// A ring without anything to sleep on: its ends look until there is something, and neither ever looks whether
// the other sleeps. Against posix_shm_ring under `spin` it shows that nothing is lost there.
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/posix_shm.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct RingSpinKind {
  static constexpr Traits kTraits =
      ring_traits({.name = "ring_spin",
                   .summary = "lock-free ring in POSIX shared memory, never sleeping",
                   .made_of = "POSIX shared memory",
                   .kinship = Kinship::named,
                   .waits = {Wait::spin},
                   .lifetime = Lifetime::kernel});
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = NoSleep;
};
using RingSpin = RingMechanism<RingSpinKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingSpin);
}  // namespace ipcbench
