#include "harness/launch/memory_placement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

class TwoNodes : public FakeHost {
 public:
  TwoNodes() {
    write("devices/system/node/has_memory", "0,4");
    write("devices/system/node/node0/cpulist", "0-1");
    write("devices/system/node/node4/cpulist", "2-3");
  }
};

const Placement kApart{Cpus::node, 1, 2};

TEST(MemoryNodes, FollowTheEndThatIsNamed) {
  const TwoNodes sys;
  EXPECT_EQ(nodes_for(MemoryNode::consumer, kApart, sys.root()), std::vector{4});
  EXPECT_EQ(nodes_for(MemoryNode::producer, kApart, sys.root()), std::vector{0});
  EXPECT_EQ(nodes_for(MemoryNode::interleave, kApart, sys.root()), (std::vector{0, 4}));
}

// Catches a policy that is set where it can change nothing, or for an end that may run anywhere.
TEST(MemoryNodes, AreLeftToTheKernelWhereThereIsNoChoice) {
  const TwoNodes sys;
  EXPECT_THAT(nodes_for(MemoryNode::consumer, {}, sys.root()), ::testing::IsEmpty());
  const FakeHost nothing;
  EXPECT_THAT(nodes_for(MemoryNode::interleave, kApart, nothing.root()), ::testing::IsEmpty());
  FakeHost one;
  one.write("devices/system/node/has_memory", "0");
  one.write("devices/system/node/node0/cpulist", "0-3");
  EXPECT_THAT(nodes_for(MemoryNode::consumer, kApart, one.root()), ::testing::IsEmpty());
}

TEST(MemoryNodes, AreRefusedWithTheReason) {
  Cell cell;
  Traits traits{};
  traits.name = "pipe";
  EXPECT_EQ(why_unplaceable(cell, traits), std::nullopt);
  cell.memory = MemoryNode::interleave;
  EXPECT_THAT(why_unplaceable(cell, traits), ::testing::Optional(::testing::HasSubstr("pipe has no shared")));
  if (memory_nodes().size() > 1) GTEST_SKIP() << "this machine has several NUMA nodes";
  traits.in_memory = true;
  EXPECT_THAT(why_unplaceable(cell, traits), ::testing::Optional(::testing::HasSubstr("one NUMA node")));
}

}  // namespace
}  // namespace ipcbench
