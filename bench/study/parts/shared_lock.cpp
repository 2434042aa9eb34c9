#include "bench/study/parts/shared_lock.hpp"

#include <fmt/format.h>
#include <semaphore.h>

#include <csignal>
#include <stdexcept>

#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/pthread_shared.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

class SysvSemaphore final : public SharedLock {
 public:
  explicit SysvSemaphore(bool undo) : flags_(undo ? SEM_UNDO : 0) {}

  void take() override { checked(decrement(flags_), "semop"); }
  int try_take() override { return decrement(flags_ | IPC_NOWAIT) == 0 ? 0 : errno; }

 private:
  [[nodiscard]] int decrement(int flags) const {
    sembuf operation{.sem_num = 0, .sem_op = -1, .sem_flg = static_cast<short>(flags)};
    return semop(semaphore_.id(), &operation, 1);
  }

  static constexpr std::array<unsigned short, 1> kFree{1};
  int flags_;
  SysvSemaphoreSet semaphore_{kFree};
};

// An OFD lock belongs to the open file description, which a child shares through an inherited descriptor.
// Each process therefore opens the file again, as unrelated processes would.
class RecordLock final : public SharedLock {
 public:
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

  Fd file_{checked(memfd_create("ipcbench-lock", MFD_CLOEXEC), "memfd_create")};
  Fd own_;
};

// A lock of pthread.h or semaphore.h in shared memory. The functions return 0 or an errno.
template <class Object, auto kInit, auto kTake, auto kTryTake, auto kRelease>
class LockInMemory final : public SharedLock {
 public:
  LockInMemory() { check_pthread(kInit(object_), "the lock cannot be initialised"); }
  // When a process ends, the kernel walks its list of robust mutexes. No mutex may be on that list once its
  // memory is gone.
  ~LockInMemory() override {
    if (taken_) kRelease(object_);
  }
  LockInMemory(const LockInMemory&) = delete;
  LockInMemory& operator=(const LockInMemory&) = delete;

  void take() override { check_pthread(kTake(object_), "the lock cannot be taken"); }
  int try_take() override {
    const int error = kTryTake(object_);
    taken_ = error == 0 || error == EOWNERDEAD;
    return error;
  }

 private:
  SharedMapping memory_{-1, sizeof(Object)};
  Object* object_ = static_cast<Object*>(memory_.data());
  bool taken_ = false;
};

template <int (*Function)(sem_t*)>
int or_errno(sem_t* semaphore) {
  return Function(semaphore) == 0 ? 0 : errno;
}
int init_semaphore(sem_t* semaphore) { return sem_init(semaphore, 1, 1) == 0 ? 0 : errno; }
using PosixSemaphore =
    LockInMemory<sem_t, init_semaphore, or_errno<sem_wait>, or_errno<sem_trywait>, or_errno<sem_post>>;

template <int Robustness>
int init_mutex(pthread_mutex_t* mutex) {
  pthread_mutexattr_t attributes;
  if (const int error = pthread_mutexattr_init(&attributes); error != 0) return error;
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, Robustness);
  const int error = pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
  return error;
}
int try_mutex(pthread_mutex_t* mutex) {
  const int error = pthread_mutex_trylock(mutex);
  if (error == EOWNERDEAD) pthread_mutex_consistent(mutex);
  return error;
}
template <int Robustness>
using Mutex = LockInMemory<pthread_mutex_t, init_mutex<Robustness>, pthread_mutex_lock, try_mutex,
                           pthread_mutex_unlock>;

int init_rwlock(pthread_rwlock_t* lock) {
  init_shared(*lock);
  return 0;
}
using Rwlock = LockInMemory<pthread_rwlock_t, init_rwlock, pthread_rwlock_wrlock, pthread_rwlock_trywrlock,
                            pthread_rwlock_unlock>;

int init_spinlock(pthread_spinlock_t* lock) { return pthread_spin_init(lock, PTHREAD_PROCESS_SHARED); }
using Spinlock = LockInMemory<pthread_spinlock_t, init_spinlock, pthread_spin_lock, pthread_spin_trylock,
                              pthread_spin_unlock>;

template <class Lock>
std::unique_ptr<SharedLock> make() {
  return std::make_unique<Lock>();
}

}  // namespace

AfterCrash crash_of_holder(SharedLock& lock) {
  const ChildRun holder = run_forked(
      [&lock](const Fd& reply) {
        try {
          lock.take();
        } catch (const std::exception&) {
          return;
        }
        write_all(reply.get(), "held");
        raise(SIGKILL);
      },
      {});
  if (holder.output.empty()) throw std::runtime_error("the holder did not get the lock");
  switch (const int error = lock.try_take()) {
    case 0:
      return AfterCrash::freed;
    case EOWNERDEAD:
      return AfterCrash::freed_and_told;
    case EBUSY:
    case EAGAIN:
      return AfterCrash::held_for_ever;
    default:
      throw_error(error, "the lock cannot be tried");
  }
}

std::unique_ptr<SharedLock> make_sysv_semaphore(bool undo) { return std::make_unique<SysvSemaphore>(undo); }

std::span<const LockKind> lock_kinds() {
  static constexpr std::array kKinds{
      LockKind{"System V semaphore", "System V semaphore without SEM_UNDO",
               [] { return make_sysv_semaphore(false); }},
      LockKind{"System V semaphore", "System V semaphore with SEM_UNDO",
               [] { return make_sysv_semaphore(true); }},
      LockKind{"POSIX semaphore", "POSIX semaphore", &make<PosixSemaphore>},
      LockKind{"pthread mutex", "mutex", &make<Mutex<PTHREAD_MUTEX_STALLED>>},
      LockKind{"pthread mutex", "robust mutex", &make<Mutex<PTHREAD_MUTEX_ROBUST>>},
      LockKind{"pthread rwlock", "read-write lock", &make<Rwlock>},
      LockKind{"pthread spin lock", "spin lock", &make<Spinlock>},
      LockKind{"record lock", "OFD record lock", &make<RecordLock>},
  };
  return kKinds;
}

}  // namespace ipcbench
