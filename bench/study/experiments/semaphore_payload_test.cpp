#include "bench/study/experiments/semaphore_payload.hpp"

#include <gtest/gtest.h>

#include "bench/testing/try_to_make.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

// Whatever is added, it stands at 1: a semaphore that could only synchronise.
class BinarySemaphore final : public SharedCounter {
 public:
  void add(int number) override { memory_.at(0) = number > 0 ? 1 : 0; }
  int value() override { return memory_.at(0); }

 private:
  Mapping memory_{1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS};
};

TEST(SemaphorePayload, CounterOfSysvSemaphoreIsANumber) {
  IPCBENCH_MAKE_OR_SKIP(counter, make_sysv_counter());
  EXPECT_EQ(semaphore_payload(*counter, 321).arrived, 321);
}
TEST(SemaphorePayload, CounterOfPosixSemaphoreIsANumber) {
  const auto counter = make_posix_counter();
  EXPECT_EQ(semaphore_payload(*counter, 321).arrived, 321);
}

// The other way: catches a number that this process knew already.
TEST(SemaphorePayload, BinarySemaphoreCarriesNone) {
  BinarySemaphore semaphore;
  const SemaphorePayload payload = semaphore_payload(semaphore, 321);
  EXPECT_EQ(payload.sent, 321);
  EXPECT_EQ(payload.arrived, 1);
}

}  // namespace
}  // namespace ipcbench
