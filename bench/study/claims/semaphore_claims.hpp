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

using MakeSemaphore = std::function<std::unique_ptr<SharedLock>(bool undo)>;
Steps sem_undo(const MakeSemaphore& make = make_sysv_semaphore);

// A counter that processes share, initially 0.
struct SharedCounter {
  std::string calls;
  std::function<void(int number)> add;
  std::function<int()> value;
  std::string taking;  // the call that takes one
  std::function<int()> take;
};
std::vector<SharedCounter> semaphore_counters();  // System V and POSIX; throws KernelError
Steps semaphore_data(const std::vector<SharedCounter>& counters = semaphore_counters());

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

}  // namespace ipcbench
