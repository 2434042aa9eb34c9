#include "harness/loops/floors.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

// Catches: a copy that the compiler dropped, a division by zero and an empty list of times.
TEST(MemcpyFloorTest, IsAPositiveTimeForEverySizeAndBudget) {
  for (const std::size_t bytes : {1U, 64U, 4097U, 1U << 20}) {
    EXPECT_GT(memcpy_floor_ns(bytes, nanoseconds(0)), 0) << bytes;
    EXPECT_GT(memcpy_floor_ns(bytes, nanoseconds(100'000)), 0) << bytes;
  }
}

// Catches a loop that the compiler dropped, and a rate in another unit: no CPU reads its clock for every
// message and sends more than a billion of them a second.
TEST(MostPacedTest, IsARateThatACpuCanReach) {
  const double per_second = most_paced_per_second();
  EXPECT_GT(per_second, 1e3);
  EXPECT_LT(per_second, 1e9);
}

}  // namespace
}  // namespace ipcbench
