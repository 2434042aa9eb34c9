// Passing tokens by a POSIX semaphore, named or not (sem_overview(7)).
#pragma once

#include <semaphore.h>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

class SemaphoreSender {
 public:
  explicit SemaphoreSender(sem_t& semaphore) : semaphore_(semaphore) {}

  std::span<std::byte> loan(std::size_t) { return token_if(true); }
  bool commit(std::size_t) {
    if (sem_post(&semaphore_) == 0) return true;
    if (errno != EOVERFLOW) throw_errno("sem_post");
    return false;  // the semaphore already holds SEM_VALUE_MAX tokens
  }
  void park() { nap(); }

 private:
  sem_t& semaphore_;
};

class SemaphoreReceiver {
 public:
  SemaphoreReceiver(sem_t& semaphore, Wait wait) : semaphore_(semaphore), permit_(wait) {}

  std::span<const std::byte> peek(std::size_t) {
    const bool may_sleep = permit_.take();
    while ((may_sleep ? sem_wait(&semaphore_) : sem_trywait(&semaphore_)) != 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_errno("sem_wait");
    }
    return token_if(true);
  }
  void release() {}
  void park() { permit_.sleep_next(); }

 private:
  sem_t& semaphore_;
  SleepPermit permit_;
};

}  // namespace ipcbench
