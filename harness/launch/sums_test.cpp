// Several pairs taken together. Expected values are worked out by hand.
#include "harness/launch/sums.hpp"

#include <gtest/gtest.h>

#include <array>

namespace ipcbench {
namespace {

Measurement pair_of(std::uint64_t messages, std::uint64_t elapsed_ns, int cpu) {
  Measurement m;
  m.messages = messages;
  m.verified_messages = 5;
  m.elapsed_ns = elapsed_ns;
  m.producer = {.cpu_ns = 10 * messages, .run_delay_ns = 7, .cpu = cpu};
  m.consumer = {.cpu_ns = messages, .run_delay_ns = std::nullopt, .cpu = 9};
  m.windows = {{messages, elapsed_ns}};
  return m;
}

// Catches a rate over the mean or the last time, costs of one pair only, and a CPU that stands for two.
TEST(PairsTogether, AddUpOverTheLongestTime) {
  const std::array pairs{pair_of(100, 2000, 0), pair_of(50, 1000, 1)};
  const Measurement sum = together(pairs, 1);
  EXPECT_EQ(sum.messages, 150U);
  EXPECT_EQ(sum.verified_messages, 10U);
  EXPECT_EQ(sum.elapsed_ns, 2000U);
  EXPECT_EQ(sum.producer.cpu_ns, 1500U);
  EXPECT_EQ(sum.producer.run_delay_ns, 14U);
  EXPECT_EQ(sum.producer.cpu, std::nullopt);
  EXPECT_EQ(sum.consumer.cpu, 9);
  EXPECT_TRUE(sum.windows.empty());
  EXPECT_EQ(sum.pairs, (std::vector<PairResult>{{100, 2000, 0, 9}, {50, 1000, 1, 9}}));
}

// Catches samples of one pair only, extremes of the first, and buckets that stand twice or out of order.
TEST(PairsTogether, PoolTheirSamples) {
  std::array pairs{pair_of(3, 100, 0), pair_of(2, 100, 1)};
  pairs[0].min_ns = 20;
  pairs[0].max_ns = 30;
  pairs[0].sum_ns = 70;
  pairs[0].histogram = {{20, 2}, {30, 1}};
  pairs[1].min_ns = 10;
  pairs[1].max_ns = 20;
  pairs[1].sum_ns = 30;
  pairs[1].histogram = {{10, 1}, {20, 1}};
  const Measurement sum = together(pairs, 0.1);
  EXPECT_EQ(sum.min_ns, 10U);
  EXPECT_EQ(sum.max_ns, 30U);
  EXPECT_EQ(sum.sum_ns, 100U);
  ASSERT_EQ(sum.histogram.size(), 3U);
  EXPECT_EQ(sum.histogram[0].count, 1U);
  EXPECT_EQ(sum.histogram[1].lower_ns, 20U);
  EXPECT_EQ(sum.histogram[1].count, 3U);
  EXPECT_EQ(sum.trim, 0.5);
}

// Catches set-up times that are added up, a disturbance that only the first pair may have, and a count that
// one pair lacks and the sum has.
TEST(PairsTogether, KeepWhatHeldOneOfThemUp) {
  std::array pairs{pair_of(1, 1, 0), pair_of(1, 1, 1)};
  pairs[0].set_up = {.create_ns = 5, .connect_ns = 1, .first_message_ns = 3, .tear_down_ns = 2};
  pairs[1].set_up = {.create_ns = 4, .connect_ns = 6, .first_message_ns = std::nullopt, .tear_down_ns = 9};
  pairs[1].disturbance = "pair 2: why";
  LaunchCounts& first = pairs[0].counts.emplace();
  first.producer.system_calls = 3;
  first.producer.cycles = 1;
  LaunchCounts& second = pairs[1].counts.emplace();
  second.producer.system_calls = 4;
  second.missing = {{"cycles", "no"}};
  const Measurement sum = together(pairs, 1);
  EXPECT_EQ(sum.set_up,
            (SetUpTimes{.create_ns = 5, .connect_ns = 6, .first_message_ns = 3, .tear_down_ns = 9}));
  EXPECT_EQ(sum.disturbance, "pair 2: why");
  EXPECT_EQ(sum.counts->producer.system_calls, 7U);
  EXPECT_EQ(sum.counts->producer.cycles, std::nullopt);
  EXPECT_EQ(sum.counts->missing.size(), 1U);
}

}  // namespace
}  // namespace ipcbench
