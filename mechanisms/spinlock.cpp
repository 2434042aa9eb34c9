// pthread_spin_lock(3), shared between processes. The locks alone pass the tokens, and nobody sleeps on one.
#include <pthread.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/lock_baton.hpp"
#include "mechanisms/parts/pthread_shared.hpp"
#include "mechanisms/parts/shared_object.hpp"

namespace ipcbench {
namespace {

class SpinLock {
 public:
  SpinLock() { check_pthread(pthread_spin_init(&lock_, PTHREAD_PROCESS_SHARED), "pthread_spin_init"); }
  bool try_lock() { return check_pthread_try(pthread_spin_trylock(&lock_), "pthread_spin_trylock"); }
  void lock() { check_pthread(pthread_spin_lock(&lock_), "pthread_spin_lock"); }
  void unlock() { check_pthread(pthread_spin_unlock(&lock_), "pthread_spin_unlock"); }

 private:
  pthread_spinlock_t lock_{};
};

struct SpinlockKind : LockRowKind<SpinLock> {
  static constexpr Traits kTraits = token_traits({.name = "spinlock",
                                                  .summary = "ring of process-shared pthread_spin locks",
                                                  .made_of = "POSIX shared memory, pthread spin lock",
                                                  .locks = "pthread spin lock",
                                                  .waits = {Wait::spin},
                                                  .in_memory = true});
};
using Spinlock = SharedObject<SpinlockKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Spinlock);
}  // namespace ipcbench
