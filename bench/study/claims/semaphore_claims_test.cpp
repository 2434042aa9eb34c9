#include "bench/study/claims/semaphore_claims.hpp"

#include <gtest/gtest.h>

#include "bench/testing/try_to_make.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

// Its value is 1 whatever is added: a semaphore that can only synchronise.
class BinarySemaphore final : public SharedCounter {
 public:
  void add(int number) override { *value_ = number > 0 ? 1 : 0; }
  int value() override { return *value_; }

 private:
  SharedMapping memory_{-1, sizeof(int)};
  volatile int* value_ = static_cast<int*>(memory_.data());
};

TEST(SemaphorePayload, CounterOfSysvSemaphoreIsANumber) {
  IPCBENCH_MAKE_OR_SKIP(counter, make_sysv_counter());
  EXPECT_EQ(semaphore_payload(*counter, 321).arrived, 321);
}
TEST(SemaphorePayload, CounterOfPosixSemaphoreIsANumber) {
  const auto counter = make_posix_counter();
  EXPECT_EQ(semaphore_payload(*counter, 321).arrived, 321);
}

// The counter-example. Catches a number that this process already knew.
TEST(SemaphorePayload, BinarySemaphoreCarriesNone) {
  BinarySemaphore semaphore;
  const SemaphorePayload payload = semaphore_payload(semaphore, 321);
  EXPECT_EQ(payload.sent, 321);
  EXPECT_EQ(payload.arrived, 1);
}

TEST(JudgeSemUndo, IsAboutTheDifferenceThatItMakes) {
  const auto freed = AfterCrash::freed;
  const auto held = AfterCrash::held_for_ever;
  EXPECT_EQ(judge_sem_undo(freed, held, {}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_sem_undo(held, held, {}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_sem_undo(freed, freed, {}).verdict, ClaimVerdict::depends);
}

TEST(JudgeSemaphorePayload, FindsTheNumberThatCameThrough) {
  EXPECT_EQ(judge_semaphore_payload({.done = {{"a", {7, 7}}}, .refused = {}}).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_semaphore_payload({.done = {{"a", {7, 1}}}, .refused = {}}).verdict,
            ClaimVerdict::confirmed);
  EXPECT_EQ(judge_semaphore_payload({.done = {}, .refused = {{"a", "limit"}}}).verdict,
            ClaimVerdict::untested);
}

}  // namespace
}  // namespace ipcbench
