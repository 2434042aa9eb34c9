// The claims about semaphores and locks, and their experiments.
#pragma once

#include <sys/sem.h>

#include <functional>
#include <memory>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "bench/study/parts/together.hpp"
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

// --- What semop(2) does (semaphore_experiments.cpp) ---------------------------------------------------

// semop(2), or what a test puts in its place.
using SemaphoreCall = std::function<int(int id, sembuf* operations, std::size_t count)>;

Steps takes_and_wakes(const SemaphoreCall& semop = ::semop);
Steps array_of_operations(const SemaphoreCall& semop = ::semop);
Steps wait_for_zero(const SemaphoreCall& semop = ::semop);
Steps without_waiting(const SemaphoreCall& semop = ::semop);
Steps woken_otherwise(const SemaphoreCall& semop = ::semop);
Steps atomic_changes(const SemaphoreCall& semop = ::semop);

// make: from the identifier of a semaphore at 1.
Section sysv_section(int id);
Steps exclusion(const std::function<Section(int id)>& make = sysv_section);

// What came back from setting a semaphore; null: semctl(SETVAL).
Steps value_range(const std::function<std::string(int id, int value)>& set_to = nullptr);
// What came back from creating a set of so many; null: semget(2).
Steps set_limit(const std::function<std::string(std::size_t)>& make = nullptr);
// null: of a POSIX semaphore.
Steps where_semaphores_are(const std::function<void()>& post_and_wait = nullptr);

Answer sem_undo_frees();
Answer semaphores_carry_no_data();

}  // namespace ipcbench
