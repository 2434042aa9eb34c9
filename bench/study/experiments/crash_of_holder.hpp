// What becomes of a lock whose holder is killed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// Something that one process at a time can hold, shared with forked children.
class SharedLock {
 public:
  virtual ~SharedLock() = default;
  // Takes it, waiting if it is held. Throws KernelError.
  virtual void take() = 0;
  // 0: taken; EBUSY or EAGAIN: held by somebody; EOWNERDEAD: taken, and told that its holder died.
  virtual int try_take() = 0;
};

enum class AfterCrash {
  freed,           // as if the holder had given it back
  freed_and_told,  // the next one learns of the death (EOWNERDEAD)
  held_for_ever,
};
std::string_view name_of(AfterCrash after);

// A forked child takes the lock and is killed; then the lock is tried. Throws std::runtime_error if the child
// did not get it.
AfterCrash crash_of_holder(SharedLock& lock);

// The kinds that Linux has. Each make throws KernelError, with the remedy where a limit is in the way.
std::unique_ptr<SharedLock> make_sysv_semaphore(bool undo);  // SEM_UNDO, semop(2)
std::unique_ptr<SharedLock> make_posix_semaphore();          // unnamed, process-shared
std::unique_ptr<SharedLock> make_mutex(bool robust);         // PTHREAD_MUTEX_ROBUST, process-shared
std::unique_ptr<SharedLock> make_rwlock();
std::unique_ptr<SharedLock> make_spinlock();
std::unique_ptr<SharedLock> make_ofd_lock();  // F_OFD_SETLK, of a descriptor that the holder opened

struct LockKind {
  std::string_view name;  // "sysv_semaphore_undo"
  std::string_view what;  // "System V semaphore with SEM_UNDO"
  std::unique_ptr<SharedLock> (*make)();
};
const std::vector<LockKind>& lock_kinds();

}  // namespace ipcbench
