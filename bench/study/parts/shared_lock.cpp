#include "bench/study/parts/shared_lock.hpp"

#include <fmt/format.h>
#include <semaphore.h>

#include <csignal>
#include <memory>

#include "bench/study/parts/channel.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/pthread_shared.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

int or_errno(int result) { return result == 0 ? 0 : errno; }

// An OFD lock belongs to the open file description, which a child shares through an inherited descriptor.
// Each process therefore opens the file again, as unrelated processes would.
SharedLock make_record_lock() {
  return [file = std::make_shared<Fd>(memory_file())] {
    const std::string path = fmt::format("/proc/self/fd/{}", file->get());
    const int own = checked(open(path.c_str(), O_RDWR | O_CLOEXEC), "open");
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return or_errno(fcntl(own, F_OFD_SETLK, &whole));
  };
}

// A lock of pthread.h or semaphore.h in shared memory. Both functions return 0 or an errno.
template <class Object, int (*Init)(Object*), int (*TryTake)(Object*)>
SharedLock make_in_memory() {
  const auto memory = std::make_shared<SharedMapping>(-1, sizeof(Object));
  check_pthread(Init(static_cast<Object*>(memory->data())), "the lock cannot be initialised");
  return [memory] { return TryTake(static_cast<Object*>(memory->data())); };
}

int init_semaphore(sem_t* semaphore) { return or_errno(sem_init(semaphore, 1, 1)); }
int try_semaphore(sem_t* semaphore) { return or_errno(sem_trywait(semaphore)); }

template <int Robustness>
int init_mutex(pthread_mutex_t* mutex) {
  const auto init = [](pthread_mutex_t* object, pthread_mutexattr_t* attributes) {
    pthread_mutexattr_setrobust(attributes, Robustness);
    return pthread_mutex_init(object, attributes);
  };
  init_shared(*mutex, pthread_mutexattr_init, pthread_mutexattr_setpshared, init, pthread_mutexattr_destroy,
              "pthread_mutex_init");
  return 0;
}

int init_rwlock(pthread_rwlock_t* lock) {
  init_shared(*lock);
  return 0;
}

int init_spinlock(pthread_spinlock_t* lock) { return pthread_spin_init(lock, PTHREAD_PROCESS_SHARED); }

}  // namespace

std::string_view crash_of_holder(const SharedLock& lock) {
  const ChildRun holder = run_forked(
      [&lock](const Fd& reply) {
        if (lock() == 0) write_all(reply.get(), "held");
        raise(SIGKILL);
      },
      {});
  if (holder.output.empty()) throw Error("the holder did not get the lock");
  // In a child too: when a process ends, the kernel walks its list of robust mutexes, and the memory of none
  // may be gone by then.
  switch (const int error = in_child<int>(lock)) {
    case 0:
      return "freed";
    case EOWNERDEAD:
      return "freed and told";
    case EBUSY:
    case EAGAIN:
      return "held for ever";
    default:
      throw_error(error, "the lock cannot be tried");
  }
}

SharedLock make_sysv_semaphore(bool undo) {
  constexpr std::array<unsigned short, 1> kFree{1};
  const auto flags = static_cast<short>(undo ? IPC_NOWAIT | SEM_UNDO : IPC_NOWAIT);
  return [set = std::make_shared<SysvSemaphoreSet>(kFree), flags] {
    sembuf take{.sem_num = 0, .sem_op = -1, .sem_flg = flags};
    return or_errno(semop(set->id(), &take, 1));
  };
}

std::span<const LockKind> lock_kinds() {
  static constexpr std::array kKinds{
      LockKind{"System V semaphore", "System V semaphore without SEM_UNDO",
               [] { return make_sysv_semaphore(false); }},
      LockKind{"System V semaphore", "System V semaphore with SEM_UNDO",
               [] { return make_sysv_semaphore(true); }},
      LockKind{"POSIX semaphore", "POSIX semaphore", make_in_memory<sem_t, init_semaphore, try_semaphore>},
      LockKind{"pthread mutex", "mutex",
               make_in_memory<pthread_mutex_t, init_mutex<PTHREAD_MUTEX_STALLED>, pthread_mutex_trylock>},
      LockKind{"pthread mutex", "robust mutex",
               make_in_memory<pthread_mutex_t, init_mutex<PTHREAD_MUTEX_ROBUST>, pthread_mutex_trylock>},
      LockKind{"pthread rwlock", "read-write lock",
               make_in_memory<pthread_rwlock_t, init_rwlock, pthread_rwlock_trywrlock>},
      LockKind{"pthread spin lock", "spin lock",
               make_in_memory<pthread_spinlock_t, init_spinlock, pthread_spin_trylock>},
      LockKind{"record lock", "OFD record lock", make_record_lock}};
  return kKinds;
}

}  // namespace ipcbench
