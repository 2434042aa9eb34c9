// Whether a number reaches another process by means of a semaphore alone.
#pragma once

#include <memory>

namespace ipcbench {

// A counter that processes share. All throw KernelError.
class SharedCounter {
 public:
  virtual ~SharedCounter() = default;
  virtual void add(int number) = 0;  // to a counter that stands at 0
  virtual int value() = 0;
};

struct SemaphorePayload {
  int sent = 0;     // added by another process
  int arrived = 0;  // read here
};

// A child process adds `number`; this one reads. Throws std::runtime_error with the child's error.
SemaphorePayload semaphore_payload(SharedCounter& counter, int number = 12'345);

// Throw KernelError with the remedy where a limit is in the way.
std::unique_ptr<SharedCounter> make_sysv_counter();   // semop(2) adds, semctl(GETVAL) reads
std::unique_ptr<SharedCounter> make_posix_counter();  // sem_post(3) as often as needed, sem_getvalue(3)

}  // namespace ipcbench
