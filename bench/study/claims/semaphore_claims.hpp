// The claims about semaphores and locks, and their experiments.
#pragma once

#include <memory>

#include "bench/study/claims/claim.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> semaphore_claims();

// `others`: the locks that the answer mentions for comparison.
Answer judge_sem_undo(AfterCrash with_undo, AfterCrash without, const Trials<AfterCrash>& others);

// A counter that processes share, initially 0. All functions throw KernelError.
class SharedCounter {
 public:
  virtual ~SharedCounter() = default;
  virtual void add(int number) = 0;
  virtual int value() = 0;
};
// Their errors name the remedy if a limit is in the way.
std::unique_ptr<SharedCounter> make_sysv_counter();   // semop(2) adds, semctl(GETVAL) reads
std::unique_ptr<SharedCounter> make_posix_counter();  // sem_post(3) as often as needed, sem_getvalue(3)

// Whether a number reaches another process through a semaphore alone.
struct SemaphorePayload {
  int sent = 0;     // added by another process
  int arrived = 0;  // read here
};
// Throws std::runtime_error with the child's error.
SemaphorePayload semaphore_payload(SharedCounter& counter, int number = 12'345);
Answer judge_semaphore_payload(const Trials<SemaphorePayload>& trials);

Answer sem_undo_frees();
Answer semaphores_carry_no_data();

}  // namespace ipcbench
