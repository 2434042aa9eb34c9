// A ring in anonymous shared memory, mmap(2) with MAP_SHARED | MAP_ANONYMOUS: no name, inherited by fork.
#include "mechanisms/ring_mechanism.hpp"

namespace ipcbench {
namespace {

class AnonymousMemory : public SharedMapping {
 public:
  static constexpr Traits kTraits =
      ring_traits("anon_mmap_ring", "lock-free ring in anonymous shared memory (mmap), inherited by fork",
                  Kinship::kin, Lifetime::process);

  static Unavailable available() { return std::nullopt; }
  static AnonymousMemory create(const LinkSpec&, std::size_t bytes) { return AnonymousMemory(bytes); }

 private:
  explicit AnonymousMemory(std::size_t bytes) : SharedMapping(-1, bytes) {}
};
using AnonMmapRing = RingMechanism<AnonymousMemory>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(AnonMmapRing);
}  // namespace ipcbench
