#include <gtest/gtest.h>

#include <algorithm>

#include "bench/run/sweep.hpp"

namespace ipcbench {
namespace {

const Profile& profile_named(std::string_view name) {
  return *std::ranges::find(profiles(), name, &Profile::name);
}

// Catches a profile that lost an axis: a product with an empty factor has no cells.
TEST(Profiles, HaveNoEmptyAxis) {
  ASSERT_EQ(profiles().size(), 3U);
  for (const Profile& profile : profiles()) {
    EXPECT_FALSE(profile.blocks.empty());
    for (const Profile::Block& block : profile.blocks) {
      for (const auto& [axis, values] : block.values)
        EXPECT_FALSE(values.empty()) << profile.name << " " << axis;
    }
  }
}

// Catches a sweep that lost one of the sizes at which mechanisms change behaviour: PIPE_BUF and a pipe's
// capacity, and a byte beyond.
TEST(Profiles, HaveBothSidesOfTheLimits) {
  using Sizes = std::vector<std::string>;
  const auto sizes = [](std::string_view name, std::size_t block) {
    return profile_named(name).blocks[block].values.at("size");
  };
  EXPECT_EQ(sizes("quick", 0), (Sizes{"0", "64"}));
  EXPECT_EQ(sizes("quick", 1), (Sizes{"65536"}));
  EXPECT_EQ(sizes("quick", 2), (Sizes{"4096", "4097", "65537"}));
  EXPECT_EQ(sizes("standard", 0), (Sizes{"0", "64", "4096", "65536", "1048576"}));
  EXPECT_EQ(sizes("standard", 1), (Sizes{"16384", "65537"}));
  EXPECT_EQ(sizes("standard", 2), (Sizes{"4097"}));
  EXPECT_EQ(sizes("standard", 3), (Sizes{"4097"}));
}

// Catches too few launches for an interval of 95 %, which needs six, or for one that a single launch at
// either end does not decide, which needs nine.
TEST(Profiles, MakeEnoughLaunches) {
  EXPECT_GE(profile_named("standard").launches, 9U);
  EXPECT_GE(profile_named("full").launches, 6U);
}

// Catches a budget that leaves too little of the promised time for the start, the report and the charts.
TEST(Profiles, BudgetsStayBelowTheirPromise) {
  EXPECT_LT(profile_named("quick").budget, std::chrono::seconds(60));
  EXPECT_LT(profile_named("standard").budget, std::chrono::minutes(10));
  EXPECT_LT(profile_named("full").budget, std::chrono::minutes(60));
}

}  // namespace
}  // namespace ipcbench
