// sem_init(3): an unnamed POSIX semaphore, shared between the processes that map its memory.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/posix_semaphore_ends.hpp"
#include "mechanisms/parts/ring.hpp"
#include "mechanisms/parts/shared_object.hpp"

namespace ipcbench {
namespace {

struct SharedSemaphore {
  SharedSemaphore() { checked(sem_init(&semaphore, 1, 0), "sem_init"); }
  alignas(kNoSharingBytes) sem_t semaphore{};
};

struct PosixSemaphoreShmKind {
  static constexpr Traits kTraits =
      counter_traits({.name = "posix_semaphore_shm",
                      .summary = "unnamed POSIX semaphore in shared memory (sem_init)",
                      .variant_of = "posix_semaphore",
                      .made_of = "POSIX shared memory, POSIX semaphore",
                      .locks = "POSIX semaphore",
                      .in_memory = true});
  using Object = SharedSemaphore;

  static SemaphoreSender sender(Object& shared, const LinkSpec&) { return SemaphoreSender(shared.semaphore); }
  static SemaphoreReceiver receiver(Object& shared, const LinkSpec& spec) {
    return {shared.semaphore, spec.wait};
  }
  static BareEnd bare(Object& shared, Side, const LinkSpec& spec) {
    return bare_both(sender(shared, spec), receiver(shared, spec), "sem_post", "sem_wait");
  }
};
using PosixSemaphoreShm = SharedObject<PosixSemaphoreShmKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PosixSemaphoreShm);
}  // namespace ipcbench
