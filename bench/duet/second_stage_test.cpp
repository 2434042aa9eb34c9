// What a duet runs again, and what it leaves out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "bench/testing/fake_duet.hpp"

namespace ipcbench {
namespace {

using std::chrono::seconds;
using testing::Call;
using testing::make_cell;
using SecondStageTest = testing::FakeDuet;

// Catches a second stage that breaks the budget, or silently loses power to keep it. 2040 of 3000 ms are
// left: 25 blocks of one pair. A single cell needs 10 blocks to decide, and gets two to spare.
TEST_F(SecondStageTest, RunsFewerSecondBlocksIfTimeIsShort) {
  suspicious_ = {{cell_name(make_cell("b")), 30}};
  options_.settings.second_blocks = 30;
  options_.budget = seconds(3);
  const DuetResult result = run();
  EXPECT_EQ(calls_of("b")[0], 4U + 25U);
  ASSERT_FALSE(result.reports[1].doubts.empty());
  EXPECT_THAT(result.reports[1].doubts.front().what, ::testing::HasSubstr("25 blocks"));
  EXPECT_EQ(result.reports[1].session.duet->second_blocks, 30U);
  EXPECT_EQ(result.reports[1].session.duet->most_second_blocks, 12U);
  world_ = {};
  options_.budget = seconds(1);
  run();
  EXPECT_EQ(calls_of("b")[0], 4U + 12U);
}

// Catches a short time that is spread over so many cells that nothing can be decided about any of them: two
// cells need 11 blocks, and 2040 ms are 25 pairs. The worst cell is the first.
TEST_F(SecondStageTest, RunsFewerCellsAgainIfTimeIsShort) {
  suspicious_ = {{cell_name(make_cell("c")), 30}, {cell_name(make_cell("a")), 30}};
  options_.budget = seconds(3);
  options_.settings.second_blocks = 30;
  const DuetResult result = run();
  EXPECT_EQ(calls_of("c")[0], 4U + 25U);
  EXPECT_EQ(calls_of("a")[0], 4U);
  EXPECT_THAT(result.reports[0].doubts.front().what, ::testing::HasSubstr("1 of the 2 suspicious cells"));
}

// Catches one number of blocks for all, by which quiet cells take as long as noisy ones.
TEST_F(SecondStageTest, EachCellHasItsOwnNumberOfSecondBlocks) {
  suspicious_ = {{cell_name(make_cell("c")), 14}, {cell_name(make_cell("a")), 40}};
  options_.settings.second_blocks = 30;
  const DuetResult result = run();
  EXPECT_EQ(calls_of("c")[0], 4U + 14U);
  EXPECT_EQ(calls_of("a")[0], 4U + 40U);
  EXPECT_EQ(world_.started[0], 44U);
  EXPECT_EQ(result.reports[0].session.duet->most_second_blocks, 300U);
}

// Two seconds on two CPUs, of which others took a quarter.
void work_of_others(HostActivity& activity) {
  activity.total_ticks += 400;
  activity.busy_ticks += 100;
}

// Catches a neighbour of a second that ends the whole duet, and its block in the results. A block takes 240
// ms, so that five of them are judged together.
TEST_F(SecondStageTest, BlocksBesideOtherProgramsAreMadeAgain) {
  options_.settings.first_blocks = 10;
  world_.failure = [this](const Call&) -> std::optional<std::string> {
    if (world_.calls.size() == 3) work_of_others(world_.activity);
    return std::nullopt;
  };
  const DuetResult result = run();
  EXPECT_EQ(world_.calls.size(), 15U * 6U);
  for (const Report& report : result.reports) {
    EXPECT_EQ(report.cells.launches(), 30U);
    std::set<std::uint32_t> blocks;
    for (const Row& row : testing::rows_of(report.cells)) blocks.insert(row.launch);
    EXPECT_EQ(blocks.size(), 10U);
    EXPECT_EQ(*blocks.rbegin(), 9U);
    ASSERT_EQ(report.doubts.size(), 1U);
    EXPECT_EQ(report.doubts[0].level, Doubt::Level::warn);
    EXPECT_THAT(report.doubts[0].what, ::testing::HasSubstr("5 blocks were dropped"));
  }
}

// Catches a duet that never ends beside a program that never ends, and one that then hides it.
TEST_F(SecondStageTest, AConstantNeighbourMakesItInvalid) {
  options_.settings.first_blocks = 10;
  world_.failure = [this](const Call&) -> std::optional<std::string> {
    if (world_.calls.size() % 30 == 3) work_of_others(world_.activity);
    return std::nullopt;
  };
  const DuetResult result = run();
  EXPECT_EQ(world_.calls.size(), 20U * 6U);
  EXPECT_EQ(result.reports[0].cells.launches(), 30U);
  EXPECT_EQ(result.reports[0].doubts.front().level, Doubt::Level::invalid);
}

// Catches one failure among thousands that ends a duet as if nothing had been measured, and a cell that never
// works and is overlooked.
TEST_F(SecondStageTest, FewFailuresAreAllowed) {
  world_.failure = [](const Call& call) -> std::optional<std::string> {
    if (call.side == 1 && call.mechanism == "b" && call.block == 2) return "no room";
    return std::nullopt;
  };
  GateSettings settings;
  const DuetResult result = run();
  EXPECT_GE(result.launches, 23U);
  settings.allowed_failures = 0.05;
  EXPECT_EQ(allowed_failures(result, settings), 1U);
  EXPECT_TRUE(failures_are_few(result, settings));
  EXPECT_THAT(result.reports[0].doubts.front().what, ::testing::HasSubstr("launches failed; 0 may"));
  settings.allowed_failures = 0.04;
  EXPECT_FALSE(failures_are_few(result, settings));
  world_ = {};
  world_.failure = [](const Call& call) -> std::optional<std::string> {
    if (call.mechanism == "b") return "never works";
    return std::nullopt;
  };
  settings.allowed_failures = 1;
  EXPECT_FALSE(failures_are_few(run(), settings));
}

}  // namespace
}  // namespace ipcbench
