// A ring in anonymous shared memory, mmap(2) with MAP_SHARED | MAP_ANONYMOUS. It has no name and no
// descriptor, so only forked children inherit it.
#include "mechanisms/parts/anonymous_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

struct AnonMmapRingKind {
  static constexpr Traits kTraits =
      ring_traits({.name = "anon_mmap_ring",
                   .summary = "lock-free ring in anonymous shared memory (mmap), inherited by fork",
                   .made_of = "anonymous mapping, futex",
                   .kinship = Kinship::kin,
                   .lifetime = Lifetime::process});
  using Memory = AnonymousMemory;
  using Sleep = FutexSleep;
};
using AnonMmapRing = RingMechanism<AnonMmapRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(AnonMmapRing);
}  // namespace ipcbench
