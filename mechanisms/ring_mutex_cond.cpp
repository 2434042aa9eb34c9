// A ring whose ends sleep on process-shared condition variables, pthread_cond_wait(3), each with a mutex.
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/ring_wait_objects.hpp"

namespace ipcbench {
namespace {

struct RingMutexCondKind {
  static constexpr Traits kTraits{
      .name = "ring_mutex_cond",
      .summary = "lock-free ring in POSIX shared memory, sleeping on process-shared condition variables",
      .made_of = "POSIX shared memory, pthread mutex, pthread condition",
      .locks = "pthread mutex"};
  using Memory = NamedFileMemory<PosixShm>;
  using Sleep = AnnouncedSleep<WaitOnCondition>;
};
using RingMutexCond = RingMechanism<RingMutexCondKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RingMutexCond);
}  // namespace ipcbench
