#include "harness/launch/placement_costs.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

using std::chrono::microseconds;

// Catches a line measured on one CPU, where the ends take turns, and a hang without pinning.
TEST(PlacementCosts, ALineNeedsTwoCpus) {
  for (const Placement& placement : find_placements()) {
    const PlacementCosts& costs = placement_costs(placement);
    const bool two = placement.producer_cpu != placement.consumer_cpu;
    EXPECT_EQ(costs.line_rtt_ns.has_value(), two) << name_of(placement.cpus);
    EXPECT_GT(costs.wake_ns.value_or(0), 0) << name_of(placement.cpus);
  }
}

// Catches a thread that stays pinned, which would pin everything that is started later.
TEST(PlacementCosts, LeaveTheCallerWhereItIs) {
  const std::vector<int> before = allowed_cpus();
  placement_costs({.cpus = Cpus::same, .producer_cpu = before.front(), .consumer_cpu = before.front()});
  EXPECT_EQ(allowed_cpus(), before);
}

// Catches a CPU that does not exist being waited for.
TEST(PlacementCosts, AreUnknownWhereNothingCanBePinned) {
  const PlacementCosts& costs = placement_costs({.cpus = Cpus::llc, .producer_cpu = -1, .consumer_cpu = -2});
  EXPECT_FALSE(costs.wake_ns);
  EXPECT_FALSE(costs.line_rtt_ns);
}

TEST(AdaptiveSpin, IsTheWakeUpWithinBounds) {
  EXPECT_EQ(adaptive_spin({.line_rtt_ns = {}, .wake_ns = 35'000}), microseconds(35));
  EXPECT_EQ(adaptive_spin({.line_rtt_ns = {}, .wake_ns = 10}), microseconds(1));
  EXPECT_EQ(adaptive_spin({.line_rtt_ns = {}, .wake_ns = 9e6}), microseconds(1000));
  EXPECT_EQ(adaptive_spin({}), microseconds(20));
}

}  // namespace
}  // namespace ipcbench
