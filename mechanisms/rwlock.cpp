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

struct RwlockKind : LockRowKind<WriteLock> {
  static constexpr Traits kTraits =
      token_traits({.name = "rwlock",
                    .summary = "ring of process-shared pthread_rwlock, locked for writing",
                    .made_of = "POSIX shared memory, pthread rwlock",
                    .locks = "pthread rwlock",
                    .in_memory = true});
};
using Rwlock = SharedObject<RwlockKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Rwlock);
}  // namespace ipcbench
