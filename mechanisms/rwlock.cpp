// pthread_rwlock, shared between processes and locked for writing. The locks alone pass the tokens.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/lock_baton.hpp"
#include "mechanisms/parts/pthread_shared.hpp"
#include "mechanisms/parts/shared_object.hpp"

namespace ipcbench {
namespace {

class WriteLock {
 public:
  WriteLock() { init_shared(lock_); }
  bool try_lock() { return check_pthread_try(pthread_rwlock_trywrlock(&lock_), "pthread_rwlock_trywrlock"); }
  void lock() { check_pthread(pthread_rwlock_wrlock(&lock_), "pthread_rwlock_wrlock"); }
  void unlock() { check_pthread(pthread_rwlock_unlock(&lock_), "pthread_rwlock_unlock"); }

 private:
  pthread_rwlock_t lock_{};
};

struct RwlockKind {
  static constexpr Traits kTraits{.name = "rwlock",
                                  .summary = "ring of process-shared pthread_rwlock, locked for writing",
                                  .kind = MechanismKind::synchronisation,
                                  .made_of = "POSIX shared memory, pthread rwlock",
                                  .locks = "pthread rwlock",
                                  .kinship = Kinship::named,
                                  .framing = Framing::message,
                                  .flow = Flow::one_way,
                                  .waits = kAllButPoll,
                                  .in_memory = true,
                                  .lifetime = Lifetime::kernel,
                                  .min_message_bytes = 0,
                                  .max_message_bytes = 0};
  using Object = LockRow<WriteLock>;
  using Locks = SharedLocks<WriteLock>;

  static BatonSender<Locks> sender(Object& row, const LinkSpec& spec) { return {Locks(row), spec.wait}; }
  static BatonReceiver<Locks> receiver(Object& row, const LinkSpec& spec) { return {Locks(row), spec.wait}; }
};
using Rwlock = SharedObject<RwlockKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Rwlock);
}  // namespace ipcbench
