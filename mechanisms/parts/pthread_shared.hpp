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

inline void init_shared(pthread_mutex_t& mutex) {
  pthread_mutexattr_t attributes{};
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  check_pthread(pthread_mutex_init(&mutex, &attributes), "pthread_mutex_init");
  pthread_mutexattr_destroy(&attributes);
}

inline void init_shared(pthread_cond_t& condition) {
  pthread_condattr_t attributes{};
  pthread_condattr_init(&attributes);
  pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  check_pthread(pthread_cond_init(&condition, &attributes), "pthread_cond_init");
  pthread_condattr_destroy(&attributes);
}

inline void init_shared(pthread_rwlock_t& lock) {
  pthread_rwlockattr_t attributes{};
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  check_pthread(pthread_rwlock_init(&lock, &attributes), "pthread_rwlock_init");
  pthread_rwlockattr_destroy(&attributes);
}

}  // namespace ipcbench
