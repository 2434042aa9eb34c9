// What a duet runs again, in how many blocks, and what it says that it can find.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "results/comparison/suspects.hpp"
#include "results/testing/made_duet.hpp"

namespace ipcbench {
namespace {

using ipcbench::testing::made_cell;
using ipcbench::testing::made_side;
using ipcbench::testing::MadeCell;
using ipcbench::testing::MadeDuet;
using ipcbench::testing::wobble;
using ::testing::HasSubstr;

const Finding& time_of(const Comparison& comparison, const std::string& cell) {
  return *std::ranges::find_if(comparison.findings, [&](const Finding& finding) {
    return finding.level == Level::cell && finding.name == cell;
  });
}

// --- The choice ---------------------------------------------------------------------------------------

// 40 cells are surely a little slower, and as many a little faster. All of their p values are as small as ten
// blocks allow. Catches a doubled cell that is left to chance, since it stands behind them.
TEST(Suspects, AreTheWorstAndNotTheFirst) {
  std::vector<MadeCell> cells(120, MadeCell{.sd = 0.001});
  for (std::size_t i = 0; i < 80; ++i) cells[i].change = i < 40 ? 0.008 : -0.008;
  cells.back().change = 1;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const MadeDuet duet(cells, {}, seed);
    ASSERT_FALSE(duet.suspects().empty());
    EXPECT_EQ(duet.suspects().front().first, 119U) << seed;
    EXPECT_EQ(time_of(duet.compared(), duet.name(119)).verdict, Verdict::regressed) << seed;
  }
}

// Ten of 20 cells are 6 % slower: more than the usual fifth. Catches those that pass because others are
// slower, too.
TEST(Suspects, AreAllThatReachHalfOfWhatCounts) {
  std::vector<MadeCell> cells(20, MadeCell{.sd = 0.005, .change = -0.05});
  for (std::size_t i = 0; i < 10; ++i) cells[2 * i].change = 0.06;
  EXPECT_EQ(MadeDuet(cells, {}, 1).suspects().size(), 10U);
}

// Ten blocks of a cell, of which the last are a little faster.
PairedHypothesis hypothesis_of(std::size_t cell, double change, std::size_t faster) {
  PairedHypothesis hypothesis{.cells = {cell}, .first = {}, .second = {}};
  for (std::size_t block = 0; block < 10; ++block) {
    const double spread = 1e-4 * static_cast<double>(block + 1);
    hypothesis.first.push_back(block + faster < 10 ? change + spread : -spread);
  }
  return hypothesis;
}

// Catches an order in which the cells that time allows are not the worst.
TEST(Suspects, AreOrderedByCertaintyThenBySize) {
  const std::vector<Suspect> suspects =
      suspicious({hypothesis_of(0, 0.04, 0), hypothesis_of(1, 0.1, 0), hypothesis_of(2, 0.2, 2)}, {});
  ASSERT_EQ(suspects.size(), 3U);
  EXPECT_EQ(suspects[0].cell, 1U);
  EXPECT_EQ(suspects[1].cell, 0U);
  EXPECT_EQ(suspects[2].cell, 2U);
}

std::vector<Suspect> suspects_of_whole(double change, std::size_t slower_blocks) {
  PairedHypothesis whole{.level = Level::whole, .cells = {0, 1, 2, 3}, .first = {}, .second = {}};
  for (std::size_t block = 0; block < 10; ++block) {
    whole.first.push_back(std::log1p(change) * (block < slower_blocks ? 1 : -0.5) + 1e-5 * std::sqrt(block));
  }
  return suspicious({whole}, {});
}

// Catches a suite that runs everything again because its whole is slower by nothing that matters, or by
// chance in one of four metrics. Two blocks of ten with the opposite sign and the smallest values have p =
// 4/1024 and three p = 10/1024, four p = 0.019.
TEST(Suspects, AreAllIfTheWholeIsSlowerByAQuarterOfWhatCounts) {
  EXPECT_EQ(suspects_of_whole(0.02, 10).size(), 4U);
  EXPECT_EQ(suspects_of_whole(0.02, 8).size(), 4U);
  EXPECT_TRUE(suspects_of_whole(0.02, 6).empty());
  EXPECT_TRUE(suspects_of_whole(0.01, 10).empty());
}

// --- The number of fresh blocks -----------------------------------------------------------------------

std::uint32_t blocks_of_noise(double sd, const GateSettings& settings) {
  const MadeDuet duet({{.sd = sd, .change = 0.3}}, settings, 3);
  return duet.suspects().empty() ? 0 : duet.suspects().front().second;
}

// One cell needs 10 blocks at least, and gets two to spare. Catches a number that does not depend on the
// noise, that is too small to decide, or that wastes time on a cell which no number of blocks would help.
TEST(Suspects, GetAsManyBlocksAsTheirNoiseCallsFor) {
  GateSettings settings;
  EXPECT_EQ(blocks_of_noise(0.003, settings), 12U);
  EXPECT_EQ(blocks_of_noise(0.05, settings), 30U);
  const std::uint32_t noisy = blocks_of_noise(0.09, settings);
  EXPECT_GT(noisy, 30U);
  EXPECT_LT(noisy, 300U);
  EXPECT_EQ(blocks_of_noise(0.4, settings), 30U);
  settings.second_blocks = settings.most_second_blocks = 25;
  EXPECT_EQ(blocks_of_noise(0.003, settings), 25U);
  EXPECT_EQ(blocks_of_noise(0.09, settings), 25U);
}

std::size_t unguarded(const std::vector<MadeCell>& cells, std::uint32_t most) {
  GateSettings settings;
  settings.most_second_blocks = most;
  settings.flips = 4000;
  std::size_t count = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const Finding& finding : MadeDuet(cells, settings, seed).compared().findings) {
      count += finding.verdict == Verdict::unguarded ? 1U : 0U;
    }
  }
  return count;
}

// Catches duets of unchanged, noisy cells that see too little, although there is time for more blocks.
TEST(Suspects, LeaveNothingUnguardedWhereThereIsTime) {
  const std::vector<MadeCell> noisy(16, MadeCell{.sd = 0.075});
  const std::size_t usual = unguarded(noisy, 30);
  const std::size_t adapted = unguarded(noisy, 300);
  EXPECT_GT(usual, 40U);
  EXPECT_LT(adapted, usual / 4);
}

// Catches a slowdown that passes because there was no time to look again.
TEST(Suspects, ThatWereLeftOutAreUnguarded) {
  const auto steady = [](std::size_t size, double ns, std::uint32_t last, std::uint32_t shift) {
    return made_cell("pipe", size, 0, last,
                     [=](std::uint32_t launch) { return ns * wobble(launch + shift, 0.02); });
  };
  const Comparison comparison = compare(
      made_side("base", {steady(64, 1000, 40, 0), steady(128, 1000, 10, 0), steady(256, 1000, 10, 0)}),
      made_side("new", {steady(64, 1200, 40, 3), steady(128, 1200, 10, 3), steady(256, 1000, 10, 3)}), {},
      {});
  const auto verdict = [&](const char* size) {
    return *std::ranges::find_if(comparison.findings, [&](const Finding& finding) {
      return finding.level == Level::cell && finding.name.find(size) != std::string::npos;
    });
  };
  EXPECT_EQ(verdict("size:64/").verdict, Verdict::regressed);
  EXPECT_EQ(verdict("size:128/").verdict, Verdict::unguarded);
  EXPECT_THAT(verdict("size:128/").reason, HasSubstr("was not run again"));
  EXPECT_THAT(verdict("size:128/").reason, HasSubstr("--budget"));
  EXPECT_EQ(verdict("size:256/").reason, "");
}

// --- Improvements -------------------------------------------------------------------------------------

// The first ten blocks allow no p value below 1/1024, so that no correction for all of 12 cells reaches 0.4
// %. Catches improvements that are never found, and such that nothing made.
TEST(Improvements, AreFoundInOneCellOfTwelve) {
  std::vector<MadeCell> cells(12);
  cells[7].change = -0.26;
  const MadeDuet duet(cells, {}, 5);
  const Comparison comparison = duet.compared();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Finding& finding = time_of(comparison, duet.name(i));
    EXPECT_EQ(finding.verdict == Verdict::improved, i == 7) << finding.name;
  }
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
}

// Catches improvements by less than counts.
TEST(Improvements, AreAsLargeAsCounts) {
  std::vector<MadeCell> cells(12, MadeCell{.sd = 0.005});
  cells[7].change = -0.03;
  const MadeDuet duet(cells, {}, 5);
  EXPECT_NE(time_of(duet.compared(), duet.name(7)).verdict, Verdict::improved);
}

// --- What can be found --------------------------------------------------------------------------------

// The share of duets that find a change of the size that they said they would find, in a cell of 12: a duet
// without changes says the size, and the change is planted into one with the same noise.
double share_found(double sd, const GateSettings& settings) {
  constexpr std::uint64_t kDuets = 120;
  constexpr std::size_t kCell = 3;
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= kDuets; ++seed) {
    std::vector<MadeCell> cells(12, MadeCell{.sd = sd});
    const MadeDuet unchanged(cells, settings, seed);
    cells[kCell].change = time_of(unchanged.compared(), unchanged.name(kCell)).detectable_effect;
    const MadeDuet slower(cells, settings, seed);
    found += time_of(slower.compared(), slower.name(kCell)).verdict == Verdict::regressed ? 1U : 0U;
  }
  return static_cast<double>(found) / static_cast<double>(kDuets);
}

// Without noise to speak of, a change is found once its estimate reaches what counts, 5 %. Catches a size
// that the verdict would not call a regression.
TEST(DetectableEffect, IsAtLeastWhatCounts) {
  const MadeDuet duet(std::vector<MadeCell>(4, MadeCell{.sd = 0.0005}), GateSettings{}, 1);
  const double found = time_of(duet.compared(), duet.name(0)).detectable_effect;
  EXPECT_GE(found, 0.05);
  EXPECT_LT(found, 0.055);
}

// A change of the size that the report names is found about as often as asked for, 80 %, from the first
// blocks to the verdict. Catches a size that leaves out a part of the way there: that the estimate has to
// reach what counts, that the first blocks have to raise suspicion, the number of tests, or the blocks that
// there is time for.
TEST(DetectableEffect, IsFoundAsOftenAsAskedFor) {
  GateSettings settings;
  settings.flips = 4000;
  for (const double sd : {0.005, 0.03, 0.10}) {
    for (const std::uint32_t most : {30U, 300U}) {
      settings.most_second_blocks = most;
      const double share = share_found(sd, settings);
      EXPECT_GE(share, 0.7) << "noise " << sd << ", at most " << most << " blocks";
      EXPECT_LE(share, 0.9) << "noise " << sd << ", at most " << most << " blocks";
      RecordProperty(fmt::format("sd_{}_most_{}", sd, most), fmt::format("{:.3f}", share));
    }
  }
}

}  // namespace
}  // namespace ipcbench
