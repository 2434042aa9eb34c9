// A ring in anonymous shared memory, mmap(2) with MAP_SHARED | MAP_ANONYMOUS. It has no name and no
// descriptor, so only forked children inherit it.
#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
namespace {

class AnonymousMemory : public SharedMapping {
 public:
  static constexpr Lifetime kLifetime = Lifetime::process;
  static constexpr const char* kName = "anonymous mapping";
  static AnonymousMemory create(const LinkSpec&, std::size_t bytes) { return AnonymousMemory(bytes); }

 private:
  explicit AnonymousMemory(std::size_t bytes) : SharedMapping(-1, bytes) {}
};

struct AnonMmapRingKind {
  static constexpr Traits kTraits{
      .name = "anon_mmap_ring",
      .summary = "lock-free ring in anonymous shared memory (mmap), inherited by fork",
      .variant_of = "posix_shm_ring",
      .made_of = "anonymous mapping, futex"};
  using Memory = AnonymousMemory;
  using Sleep = FutexSleep;
  static constexpr bool kCanBeHuge = true;
};
using AnonMmapRing = RingMechanism<AnonMmapRingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(AnonMmapRing);
}  // namespace ipcbench
