#include "harness/launch/counts.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace ipcbench {
namespace {

// Catches an end whose counts are left out, and the counts of the other side.
TEST(LaunchCounts, AreThoseOfAllEndsOfASide) {
  const auto control = std::make_unique<ControlBlock>();
  control->job.producers = 3;
  for (const EndId end : ends_of(control->job)) control->end(end).counts.system_calls = 5 + end.index;
  control->side(Side::consumer).counts.system_calls = 100;
  const LaunchCounts counts = counts_of(*control);
  EXPECT_EQ(counts.producer.system_calls, 5U + 6 + 7);
  EXPECT_EQ(counts.consumer.system_calls, 100U);
  EXPECT_TRUE(counts.missing.empty());
}

// Catches a sum over some of the ends, a count of 0 where nothing was counted, and a reason told twice.
TEST(LaunchCounts, WhatOneEndCouldNotCountIsMissingForItsSide) {
  const auto control = std::make_unique<ControlBlock>();
  control->job.consumers = 2;
  for (const EndId end : ends_of(control->job)) control->end(end).counts.cycles = 1000;
  for (const std::uint32_t index : {0U, 1U}) {
    control->end({Side::consumer, index}).uncounted[1].assign("others use it");
  }
  control->end({Side::consumer, 1}).counts.cycles.reset();
  const LaunchCounts counts = counts_of(*control);
  EXPECT_EQ(counts.producer.cycles, 1000U);
  EXPECT_EQ(counts.consumer.cycles, std::nullopt);
  EXPECT_EQ(counts.producer.system_calls, std::nullopt);
  EXPECT_EQ(counts.missing, (std::vector<MissingCounter>{{"cycles", "others use it"}}));
}

}  // namespace
}  // namespace ipcbench
