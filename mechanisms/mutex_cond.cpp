// A count of tokens under a process-shared pthread mutex, with a condition variable to sleep on while it is 0
// (pthread_mutexattr_setpshared(3), pthread_cond_wait(3)).
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/pthread_shared.hpp"
#include "mechanisms/parts/ring.hpp"
#include "mechanisms/parts/shared_object.hpp"

namespace ipcbench {
namespace {

class alignas(kNoSharingBytes) GuardedCount {
 public:
  GuardedCount() {
    init_shared(mutex_);
    init_shared(not_zero_);
  }

  // False: the mutex was taken, and may_sleep is false.
  bool give(bool may_sleep) {
    if (!lock(may_sleep)) return false;
    ++tokens_;
    unlock();
    check_pthread(pthread_cond_signal(&not_zero_), "pthread_cond_signal");
    return true;
  }

  // False: there was no token, or the mutex was taken, and may_sleep is false.
  bool take(bool may_sleep) {
    if (!lock(may_sleep)) return false;
    while (tokens_ == 0 && may_sleep) {
      check_pthread(pthread_cond_wait(&not_zero_, &mutex_), "pthread_cond_wait");
    }
    const bool taken = tokens_ > 0;
    if (taken) --tokens_;
    unlock();
    return taken;
  }

 private:
  bool lock(bool may_sleep) {
    return check_pthread_try(may_sleep ? pthread_mutex_lock(&mutex_) : pthread_mutex_trylock(&mutex_),
                             "pthread_mutex_lock");
  }
  void unlock() { check_pthread(pthread_mutex_unlock(&mutex_), "pthread_mutex_unlock"); }

  pthread_mutex_t mutex_{};
  pthread_cond_t not_zero_{};
  std::uint64_t tokens_ = 0;
};

struct CountSender {
  GuardedCount& count;
  SleepPermit permit;
  std::span<std::byte> loan(std::size_t) { return token_if(true); }
  bool commit(std::size_t) { return count.give(permit.take()); }
  void park() { permit.sleep_next(); }
};
struct CountReceiver {
  GuardedCount& count;
  SleepPermit permit;
  std::span<const std::byte> peek(std::size_t) { return token_if(count.take(permit.take())); }
  void release() {}
  void park() { permit.sleep_next(); }
};

struct MutexCondKind {
  static constexpr Traits kTraits =
      counter_traits({.name = "mutex_cond",
                      .summary = "process-shared pthread mutex and condition variable",
                      .made_of = "POSIX shared memory, pthread mutex, pthread condition",
                      .locks = "pthread mutex",
                      .in_memory = true});
  using Object = GuardedCount;

  static CountSender sender(Object& count, const LinkSpec& spec) { return {count, SleepPermit(spec.wait)}; }
  static CountReceiver receiver(Object& count, const LinkSpec& spec) {
    return {count, SleepPermit(spec.wait)};
  }
};
using MutexCond = SharedObject<MutexCondKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MutexCond);
}  // namespace ipcbench
