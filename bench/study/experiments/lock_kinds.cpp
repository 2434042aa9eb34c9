// The locks of Linux that processes can share.
#include <fmt/format.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/sem.h>

#include <array>
#include <new>

#include "bench/study/experiments/crash_of_holder.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

// For functions that return an errno.
void checked_error(int error, const char* what) {
  if (error != 0) throw_error(error, what);
}

class SysvSemaphore final : public SharedLock {
 public:
  explicit SysvSemaphore(bool undo) : flags_(undo ? SEM_UNDO : 0) {}

  void take() override { checked(operate(-1, flags_), "semop"); }
  int try_take() override { return operate(-1, flags_ | IPC_NOWAIT) == 0 ? 0 : errno; }

 private:
  int operate(short by, int flags) const {
    sembuf operation{.sem_num = 0, .sem_op = by, .sem_flg = static_cast<short>(flags)};
    return semop(semaphore_.id(), &operation, 1);
  }

  static constexpr std::array<unsigned short, 1> kFree{1};
  int flags_;
  SysvSemaphoreSet semaphore_{kFree};
};

// An object of pthread.h or semaphore.h in memory that forked children share.
template <class Object>
class Shared {
 public:
  Object* get() { return static_cast<Object*>(memory_.data()); }

 private:
  SharedMapping memory_{-1, sizeof(Object)};
};

class PosixSemaphore final : public SharedLock {
 public:
  PosixSemaphore() { checked(sem_init(semaphore_.get(), 1, 1), "sem_init"); }
  void take() override { checked(sem_wait(semaphore_.get()), "sem_wait"); }
  int try_take() override { return sem_trywait(semaphore_.get()) == 0 ? 0 : errno; }

 private:
  Shared<sem_t> semaphore_;
};

class Mutex final : public SharedLock {
 public:
  explicit Mutex(bool robust) {
    pthread_mutexattr_t attributes;
    checked_error(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (robust) pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    checked_error(pthread_mutex_init(mutex_.get(), &attributes), "pthread_mutex_init");
    pthread_mutexattr_destroy(&attributes);
  }
  // In this process the mutex may be on the list of robust mutexes that the kernel walks at its end: it must
  // not be, once its memory is gone.
  ~Mutex() override {
    if (taken_) pthread_mutex_unlock(mutex_.get());
  }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void take() override { checked_error(pthread_mutex_lock(mutex_.get()), "pthread_mutex_lock"); }
  int try_take() override {
    const int error = pthread_mutex_trylock(mutex_.get());
    if (error == EOWNERDEAD) pthread_mutex_consistent(mutex_.get());
    taken_ = error == 0 || error == EOWNERDEAD;
    return error;
  }

 private:
  Shared<pthread_mutex_t> mutex_;
  bool taken_ = false;
};

class Rwlock final : public SharedLock {
 public:
  Rwlock() {
    pthread_rwlockattr_t attributes;
    checked_error(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    checked_error(pthread_rwlock_init(lock_.get(), &attributes), "pthread_rwlock_init");
    pthread_rwlockattr_destroy(&attributes);
  }
  void take() override { checked_error(pthread_rwlock_wrlock(lock_.get()), "pthread_rwlock_wrlock"); }
  int try_take() override { return pthread_rwlock_trywrlock(lock_.get()); }

 private:
  Shared<pthread_rwlock_t> lock_;
};

class Spinlock final : public SharedLock {
 public:
  Spinlock() { checked_error(pthread_spin_init(lock_.get(), PTHREAD_PROCESS_SHARED), "pthread_spin_init"); }
  void take() override { checked_error(pthread_spin_lock(lock_.get()), "pthread_spin_lock"); }
  int try_take() override { return pthread_spin_trylock(lock_.get()); }

 private:
  Shared<pthread_spinlock_t> lock_;
};

// Such a lock belongs to the open file, and a child that inherits a descriptor has it too: so each opens the
// file anew, as strangers would.
class OfdLock final : public SharedLock {
 public:
  OfdLock() : file_(checked(memfd_create("ipcbench-lock", MFD_CLOEXEC), "memfd_create")) {}
  void take() override { checked(lock(F_OFD_SETLKW), "fcntl(F_OFD_SETLKW)"); }
  int try_take() override { return lock(F_OFD_SETLK) == 0 ? 0 : errno; }

 private:
  int lock(int command) {
    const std::string path = fmt::format("/proc/self/fd/{}", file_.get());
    own_ = Fd(checked(open(path.c_str(), O_RDWR | O_CLOEXEC), "open"));
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return fcntl(own_.get(), command, &whole);
  }

  Fd file_;
  Fd own_;
};

}  // namespace

std::unique_ptr<SharedLock> make_sysv_semaphore(bool undo) { return std::make_unique<SysvSemaphore>(undo); }
std::unique_ptr<SharedLock> make_posix_semaphore() { return std::make_unique<PosixSemaphore>(); }
std::unique_ptr<SharedLock> make_mutex(bool robust) { return std::make_unique<Mutex>(robust); }
std::unique_ptr<SharedLock> make_rwlock() { return std::make_unique<Rwlock>(); }
std::unique_ptr<SharedLock> make_spinlock() { return std::make_unique<Spinlock>(); }
std::unique_ptr<SharedLock> make_ofd_lock() { return std::make_unique<OfdLock>(); }

const std::vector<LockKind>& lock_kinds() {
  static const std::vector<LockKind> kinds{
      {"sysv_semaphore_plain", "System V semaphore without SEM_UNDO",
       [] { return make_sysv_semaphore(false); }},
      {"sysv_semaphore_undo", "System V semaphore with SEM_UNDO", [] { return make_sysv_semaphore(true); }},
      {"posix_semaphore", "POSIX semaphore", &make_posix_semaphore},
      {"mutex_plain", "mutex", [] { return make_mutex(false); }},
      {"mutex_robust", "robust mutex", [] { return make_mutex(true); }},
      {"rwlock", "read-write lock", &make_rwlock},
      {"spinlock", "spin lock", &make_spinlock},
      {"ofd_lock", "OFD record lock", &make_ofd_lock},
  };
  return kinds;
}

}  // namespace ipcbench
