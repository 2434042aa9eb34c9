// Passing tokens by a System V semaphore (semop(2)).
#pragma once

#include <sys/sem.h>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

// Adds `by` to the only semaphore of the set; 0 waits until its value is 0. Returns 0 or the error: EAGAIN if
// the operation would have to sleep, ERANGE if the value would exceed SEMVMX, 32767.
inline int change_semaphore(int id, short by, bool may_sleep) {
  sembuf operation{.sem_num = 0, .sem_op = by, .sem_flg = static_cast<short>(may_sleep ? 0 : IPC_NOWAIT)};
  while (semop(id, &operation, 1) != 0) {
    if (errno == EAGAIN || errno == ERANGE) return errno;
    if (errno != EINTR) throw_errno("semop");
  }
  return 0;
}

class SysvSemaphoreSender {
 public:
  explicit SysvSemaphoreSender(int id) : id_(id) {}

  std::span<std::byte> loan(std::size_t) { return token_if(true); }
  bool commit(std::size_t) { return change_semaphore(id_, +1, false) == 0; }
  // System V cannot wait for room; the next best is to wait until all tokens are taken.
  void park() { change_semaphore(id_, 0, true); }

 private:
  int id_;
};

class SysvSemaphoreReceiver {
 public:
  SysvSemaphoreReceiver(int id, Wait wait) : id_(id), permit_(wait) {}

  std::span<const std::byte> peek(std::size_t) {
    return token_if(change_semaphore(id_, -1, permit_.take()) == 0);
  }
  void release() {}
  void park() { permit_.sleep_next(); }

 private:
  int id_;
  SleepPermit permit_;
};

}  // namespace ipcbench
