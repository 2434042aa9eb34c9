// Each experiment with semaphores on semop(2), and on a call that behaves otherwise.
#include <gtest/gtest.h>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/claims/testing/expect_steps.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

using testing::expect_answer;
using Verdict = ClaimVerdict;

union Value {
  int number;
};

// Carries out one operation after the other: not all or none.
int semop_one_by_one(int id, sembuf* operations, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (semop(id, &operations[i], 1) != 0) return -1;
  }
  return 0;
}

// Looks at the value, then sets it: not atomic.
int semop_in_two_steps(int id, sembuf* operations, std::size_t) {
  const int value = semctl(id, 0, GETVAL);
  sched_yield();
  return semctl(id, 0, SETVAL, Value{value + operations->sem_op});
}

// Never waits, and does nothing.
int semop_that_does_nothing(int, sembuf*, std::size_t) { return 0; }

// Waits whatever the flags say, and neither removal nor a signal ends it.
int semop_that_waits(int id, sembuf* operations, std::size_t count) {
  while (semop(id, operations, count) != 0) {
    sembuf waiting = *operations;
    waiting.sem_flg = IPC_NOWAIT;
    while (semop(id, &waiting, 1) != 0) pause();
  }
  return 0;
}

TEST(SemaphoreExperiments, TellTakingFromDoingNothing) {
  expect_answer(takes_and_wakes(), Verdict::confirmed);
  expect_answer(takes_and_wakes(semop_that_does_nothing), Verdict::depends);
  expect_answer(wait_for_zero(), Verdict::confirmed);
  expect_answer(wait_for_zero(semop_that_does_nothing), Verdict::depends);
}

TEST(SemaphoreExperiments, TellAllOrNoneFromOneByOne) {
  expect_answer(array_of_operations(), Verdict::confirmed);
  expect_answer(array_of_operations(semop_one_by_one), Verdict::depends);
}

TEST(SemaphoreExperiments, TellWhatEndsWaiting) {
  expect_answer(without_waiting(), Verdict::confirmed);
  expect_answer(without_waiting(semop_that_waits), Verdict::refuted);
  expect_answer(woken_otherwise(), Verdict::confirmed);
  expect_answer(woken_otherwise(semop_that_waits), Verdict::refuted);
}

TEST(SemaphoreExperiments, TellAtomicFromTwoSteps) {
  expect_answer(atomic_changes(), Verdict::confirmed);
  const Answer lossy = atomic_changes(semop_in_two_steps).answer();
  EXPECT_EQ(lossy.verdict, Verdict::depends);
  EXPECT_NE(lossy.evidence[0].find("(stated: 8000)"), std::string::npos) << lossy.evidence[0];
  EXPECT_NE(lossy.evidence[1].find("(as stated)"), std::string::npos) << lossy.evidence[1];
}

// A section that admits everybody. Catches processes that never meet, which proves nothing.
TEST(SemaphoreExperiments, TellOneInsideFromSeveral) {
  expect_answer(exclusion(), Verdict::confirmed);
  expect_answer(exclusion([](int) { return Section{.enter = [] {}, .leave = [] {}}; }), Verdict::depends);
}

TEST(SemaphoreExperiments, TellTheLimits) {
  expect_answer(value_range(), Verdict::depends);
  expect_answer(value_range([](int, int) { return std::string("ENOSYS"); }), Verdict::untested);
  expect_answer(set_limit(), Verdict::refuted);
  const Answer as_stated = set_limit([](std::size_t) { return std::string("EINVAL"); }).answer();
  EXPECT_EQ(as_stated.verdict, Verdict::depends);
  EXPECT_EQ(make_set(1'000'000), "EINVAL");  // no limit of kernel.sem is that high
}

// A lock that the death of its holder frees, or not, whatever is asked for.
TEST(SemaphoreExperiments, TellUndoneFromKept) {
  expect_answer(sem_undo(), Verdict::confirmed);
  expect_answer(sem_undo([](bool) { return make_sysv_semaphore(true); }), Verdict::depends);
  expect_answer(sem_undo([](bool undo) { return make_sysv_semaphore(!undo); }), Verdict::refuted);
}

// A counter that is 1 whatever is added can only synchronise. Catches a number that this process already
// knew.
TEST(SemaphoreExperiments, TellNumbersFromTokens) {
  expect_answer(semaphore_data(), Verdict::depends);
  const SharedMapping memory(-1, sizeof(int));
  auto* const value = static_cast<volatile int*>(memory.data());
  const SharedCounter binary{"a binary semaphore", "taking one",
                             [value](int by) {
                               *value = by > 0 ? 1 : 0;
                               return 0;
                             },
                             [value] { return int{*value}; }};
  expect_answer(semaphore_data({binary}), Verdict::confirmed);
}

// A POSIX semaphore that is a System V one inside.
TEST(SemaphoreExperiments, TellTheKernelFromMemory) {
  expect_answer(where_semaphores_are(), Verdict::confirmed);
  expect_answer(where_semaphores_are([] { semctl(-1, 0, GETVAL); }), Verdict::depends);
}

}  // namespace
}  // namespace ipcbench
