#include "bench/duet/blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "bench/testing/fake_duet.hpp"
#include "bench/testing/usage_message.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using testing::Call;
using testing::make_cell;
using Names = std::vector<std::string>;
using DuetBlocksTest = testing::FakeDuet;

// Catches pairs whose launches are not adjacent, cells that a block lacks or repeats, and programs that
// outlive their block.
TEST_F(DuetBlocksTest, EveryBlockRunsEveryCellOnceOnEitherSide) {
  const DuetResult result = run();
  ASSERT_EQ(world_.calls.size(), 4U * 3U * 2U);
  std::set<std::pair<std::uint32_t, std::string>> seen;
  for (std::size_t i = 0; i < world_.calls.size(); i += 2) {
    const Call& one = world_.calls[i];
    const Call& other = world_.calls[i + 1];
    EXPECT_EQ(one.mechanism, other.mechanism);
    EXPECT_NE(one.side, other.side);
    EXPECT_EQ(one.block, i / 6);
    EXPECT_EQ(other.block, i / 6);
    EXPECT_TRUE(seen.emplace(one.block, one.mechanism).second);
  }
  EXPECT_EQ(world_.started, (std::array<std::size_t, 2>{4, 4}));
  for (const Report& report : result.reports) {
    EXPECT_EQ(report.cells.launches(), 12U);
    EXPECT_TRUE(report.session.complete);
  }
}

// Catches a disturbed launch that counts, and one whose other side is no longer next to it. Of the six
// launches of the first block one may be repeated.
TEST_F(DuetBlocksTest, RepeatsDisturbedLaunches) {
  world_.disturbed = [](std::size_t call) { return call == 2 || call == 5; };
  const DuetResult result = run();
  EXPECT_EQ(world_.calls.size(), 4U * 3U * 2U + 1U);
  EXPECT_EQ(world_.calls[1], world_.calls[2]);
  const auto& [base, candidate] = result.reports;
  EXPECT_EQ(*base.session.repeated_launches + *candidate.session.repeated_launches, 1U);
  std::size_t disturbed = 0;
  for (const Report& report : result.reports) {
    EXPECT_EQ(report.cells.launches(), 12U);
    for (const Row& row : testing::rows_of(report.cells)) {
      disturbed += row.measurement.disturbance.empty() ? 0U : 1U;
    }
  }
  EXPECT_EQ(disturbed, 1U);  // the fifth call, beyond the bound
}

// Catches reports with swapped sides, and reports that do not show that they belong together.
TEST_F(DuetBlocksTest, TheReportsSayWhatTheyAre) {
  options_.command = {"ipcbench", "duet"};
  const DuetResult result = run();
  const auto& [base, candidate] = result.reports;
  ASSERT_TRUE(base.session.duet && candidate.session.duet);
  EXPECT_EQ(base.session.duet->id, candidate.session.duet->id);
  EXPECT_EQ(base.session.duet->id.size(), 16U);
  EXPECT_EQ(base.session.duet->side, "base");
  EXPECT_EQ(candidate.session.duet->side, "new");
  EXPECT_EQ(base.session.duet->first_blocks, 4U);
  EXPECT_EQ(base.version, "1.0.0");
  EXPECT_EQ(candidate.version, "2.0.0");
  EXPECT_EQ(candidate.context.executable, "fresh");
  for (const Report& report : result.reports) {
    EXPECT_EQ(report.session.seed, 7U);
    EXPECT_EQ(report.session.command, options_.command);
    EXPECT_FALSE(report.session.started_utc.empty() || report.session.ended_utc.empty());
  }
  EXPECT_EQ(candidate.cells[0].launches[0].measurement.histogram[0].lower_ns,
            Histogram::lower_bound_ns(Histogram::index_of(5001)));
}

// Catches an order that the seed does not decide, that is the same in every block, or in which one side
// always goes first: the leftovers of the first launch would count against the other side.
TEST_F(DuetBlocksTest, TheSeedDecidesTheOrder) {
  options_.settings.first_blocks = 16;
  run();
  const std::vector<Call> first = world_.calls;
  world_ = {};
  run();
  EXPECT_EQ(world_.calls, first);
  std::set<Names> orders;
  std::array<std::size_t, 2> begun{};
  for (std::size_t block = 0; block < 16; ++block) {
    Names order;
    for (std::size_t i = 0; i < 6; i += 2) {
      const Call& call = first[block * 6 + i];
      ++begun[call.side];
      order.push_back(call.mechanism);
    }
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 2U);  // of 6
  // 48 fair coins are below 8 or above 40 once in a million times.
  EXPECT_GE(begun[0], 8U);
  EXPECT_GE(begun[1], 8U);
  // Of 16 fair coins for the program that starts first, all are alike once in 32,768 times; the seed is
  // fixed.
  std::set<std::size_t> first_to_start;
  for (std::size_t block = 0; block < 16; ++block) first_to_start.insert(world_.starts[2 * block]);
  EXPECT_EQ(first_to_start.size(), 2U);
  world_ = {};
  options_.seed = 8;
  run();
  EXPECT_NE(world_.calls, first);
}

// Catches second blocks that run every cell, reuse block numbers, or reuse the programs of the first stage.
TEST_F(DuetBlocksTest, SuspiciousCellsAreRunAgain) {
  suspicious_ = {{cell_name(make_cell("b")), 5}};
  options_.settings.second_blocks = 5;
  const DuetResult result = run();
  EXPECT_EQ(calls_of("a"), (std::array<std::size_t, 2>{4, 4}));
  EXPECT_EQ(calls_of("b"), (std::array<std::size_t, 2>{9, 9}));
  ASSERT_EQ(world_.calls.size(), 24U + 10U);
  for (std::size_t i = 24; i < world_.calls.size(); ++i) {
    EXPECT_EQ(world_.calls[i].block, 4 + (i - 24) / 2);
    EXPECT_EQ(world_.calls[i].mechanism, "b");
  }
  EXPECT_EQ(world_.started, (std::array<std::size_t, 2>{9, 9}));
  EXPECT_EQ(result.reports[1].cells.launches(), 12U + 5U);
}

// Catches a block that counts for one side only.
TEST_F(DuetBlocksTest, AFailedLaunchDropsThePair) {
  world_.failure = [](const Call& call) -> std::optional<std::string> {
    if (call.side == 1 && call.mechanism == "b" && call.block == 2) return "no room";
    return std::nullopt;
  };
  const DuetResult result = run();
  for (const Report& report : result.reports) {
    EXPECT_EQ(report.cells.launches(), 11U);
    for (const Row& row : testing::rows_of(report.cells))
      EXPECT_FALSE(row.cell.mechanism == "b" && row.launch == 2);
  }
  EXPECT_TRUE(result.reports[0].failed.empty());
  ASSERT_EQ(result.reports[1].failed.size(), 1U);
  EXPECT_EQ(result.reports[1].failed[0].cell, cell_name(make_cell("b")));
  EXPECT_EQ(result.reports[1].failed[0].reason, "no room");
}

// Catches a cell that hangs in every block and takes the other cells' time.
TEST_F(DuetBlocksTest, ACellThatFailsThriceIsGivenUp) {
  options_.settings.first_blocks = 9;
  options_.settings.second_blocks = 5;
  suspicious_ = {{cell_name(make_cell("c")), 5}};
  world_.failure = [](const Call& call) -> std::optional<std::string> {
    if (call.mechanism == "c") return "hangs";
    return std::nullopt;
  };
  const DuetResult result = run();
  EXPECT_EQ(result.reports[0].failed.size() + result.reports[1].failed.size(), 3U);
  const auto [base, candidate] = calls_of("c");
  EXPECT_EQ(base + candidate, 3U);
  EXPECT_EQ(result.reports[0].cells.launches(), 18U);
}

// Catches a cell that is missing on one side and goes unnoticed.
TEST_F(DuetBlocksTest, WhatOneSideHasIsLaunchedOnce) {
  world_.cells[0].push_back(make_cell("gone"));
  world_.cells[1].insert(world_.cells[1].begin(), make_cell("fresh"));
  const DuetResult result = run();
  EXPECT_EQ(calls_of("gone"), (std::array<std::size_t, 2>{1, 0}));
  EXPECT_EQ(calls_of("fresh"), (std::array<std::size_t, 2>{0, 1}));
  EXPECT_EQ(result.reports[0].cells.launches(), 13U);
  EXPECT_EQ(result.reports[1].cells.launches(), 13U);
}

// Catches a duet without common cells that looks like success.
TEST_F(DuetBlocksTest, SomethingHasToBeInCommon) {
  world_.cells = {std::vector{make_cell("a")}, std::vector{make_cell("b")}};
  const std::string message = testing::usage_message([&] { run(); });
  EXPECT_NE(message.find("no cell in common"), std::string::npos) << message;
  EXPECT_NE(message.find(cell_name(make_cell("a"))), std::string::npos) << message;
  EXPECT_NE(message.find(cell_name(make_cell("b"))), std::string::npos) << message;
}

// Catches a budget that is checked only when it is used up. A block has three pairs of 80 ms: four blocks
// take 960 ms.
TEST_F(DuetBlocksTest, StopsIfTheFirstBlocksDoNotFit) {
  options_.budget = milliseconds(959);
  const DuetResult result = run();
  EXPECT_THAT(result.error, ::testing::HasSubstr("would take about 960 ms"));
  EXPECT_THAT(result.error, ::testing::HasSubstr("select fewer cells"));
  EXPECT_EQ(world_.calls.size(), 6U);
  EXPECT_FALSE(result.reports[0].session.complete);
  world_ = {};
  options_.budget = milliseconds(960);
  EXPECT_EQ(run().error, "");
  EXPECT_EQ(world_.calls.size(), 24U);
}

// Catches measurements that are lost when a program ends.
TEST_F(DuetBlocksTest, KeepsWhatItHasWhenAProgramIsGone) {
  world_.failure = [](const Call& call) -> std::optional<std::string> {
    if (call.block == 2) throw DuetError("--new: ended.");
    return std::nullopt;
  };
  const DuetResult result = run();
  EXPECT_EQ(result.error, "--new: ended.");
  EXPECT_EQ(result.reports[0].cells.launches(), 6U);
  EXPECT_FALSE(result.reports[0].session.complete);
}

// Catches a Ctrl-C that waits for the end of the stage.
TEST_F(DuetBlocksTest, AnInterruptionEndsIt) {
  volatile std::sig_atomic_t interrupted = 0;
  options_.interrupted = &interrupted;
  world_.failure = [&](const Call& call) -> std::optional<std::string> {
    if (call.block == 1) interrupted = SIGINT;
    return std::nullopt;
  };
  const DuetResult result = run();
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.reports[0].session.note, "Interrupted in block 2 of 4.");
  EXPECT_EQ(world_.calls.size(), 6U + 2U);  // the pair under way is completed
  EXPECT_EQ(result.reports[0].cells.launches(), 4U);
}

// Catches a comparison that finds nothing in common because a setting is part of the names.
TEST_F(DuetBlocksTest, BothSidesAreComparedUnderTheBasesNames) {
  Cell spinning = make_cell("a");
  spinning.wait = Wait::spin;
  world_.cells = {std::vector{make_cell("a")}, std::vector{spinning}};
  options_.own[1].axes["wait"] = {"spin"};
  const DuetResult result = run();
  EXPECT_EQ(result.reports[1].cells[0].cell, spinning);
  const auto [base, candidate] = duet_samples(result);
  ASSERT_EQ(candidate.cells.size(), 1U);
  EXPECT_EQ(candidate.cells[0].name, base.cells[0].name);
  EXPECT_EQ(candidate.cells[0].family, base.cells[0].family);
  EXPECT_EQ(candidate.cells[0].samples.size(), 4U);
}

}  // namespace
}  // namespace ipcbench
