// pthread objects that processes share. Their functions return errors instead of setting errno.
#pragma once

#include <pthread.h>

#include <cerrno>

#include "harness/base/error.hpp"

namespace ipcbench {

// Throws KernelError with `what` unless error is 0.
inline void check_pthread(int error, const char* what) {
  if (error != 0) [[unlikely]]
    throw_error(error, what);
}

// For a function that only tries: false if the object was busy.
inline bool check_pthread_try(int error, const char* what) {
  if (error == EBUSY) return false;
  check_pthread(error, what);
  return true;
}

// init(object, attributes) makes the object; the other functions belong to its attributes.
template <class Attributes, class Object, class Init>
void init_shared(Object& object, int (*begin)(Attributes*), int (*share)(Attributes*, int), Init init,
                 int (*end)(Attributes*), const char* what) {
  Attributes attributes{};
  begin(&attributes);
  share(&attributes, PTHREAD_PROCESS_SHARED);
  check_pthread(init(&object, &attributes), what);
  end(&attributes);
}
inline void init_shared(pthread_mutex_t& mutex) {
  init_shared(mutex, pthread_mutexattr_init, pthread_mutexattr_setpshared, pthread_mutex_init,
              pthread_mutexattr_destroy, "pthread_mutex_init");
}
inline void init_shared(pthread_cond_t& condition) {
  init_shared(condition, pthread_condattr_init, pthread_condattr_setpshared, pthread_cond_init,
              pthread_condattr_destroy, "pthread_cond_init");
}
inline void init_shared(pthread_rwlock_t& lock) {
  init_shared(lock, pthread_rwlockattr_init, pthread_rwlockattr_setpshared, pthread_rwlock_init,
              pthread_rwlockattr_destroy, "pthread_rwlock_init");
}

}  // namespace ipcbench
