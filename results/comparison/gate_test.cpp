// What the gate may not let pass: cells that the new side lost, and decisions that could not have failed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/comparison/compare.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ipcbench::testing::made_report;
using ipcbench::testing::made_side;
using ipcbench::testing::steady;
using ::testing::HasSubstr;

Comparison without_fifo(const GateSettings& settings, bool skipped) {
  constexpr std::uint32_t kBlocks = 40;
  const SampledReport base =
      made_side("base", {steady("pipe", 64, 1000, kBlocks), steady("fifo", 64, 1000, kBlocks)});
  SampledReport candidate = made_side("new", {steady("pipe", 64, 1000, kBlocks, 0.02, 3)});
  if (skipped) candidate.skipped = {{base.cells[1].name, "cannot be created: ENOSPC"}};
  return compare(base, candidate, settings, {});
}

// Catches a program that lost a mechanism, or can no longer create it, and passes.
TEST(Gate, FailsForWhatTheNewSideLacks) {
  for (const bool skipped : {false, true}) {
    const Comparison comparison = without_fifo({}, skipped);
    EXPECT_EQ(comparison.verdict, Verdict::missing);
    EXPECT_EQ(gate_verdict(comparison, false), Verdict::missing);
  }
}

TEST(Gate, PassesWhatMayBeMissing) {
  GateSettings settings;
  settings.allow_missing = {"udp*", "fifo/*"};
  const Comparison comparison = without_fifo(settings, true);
  EXPECT_EQ(gate_verdict(comparison, true), Verdict::unchanged);
  EXPECT_TRUE(comparison.absences.front().allowed);
  settings.allow_missing = {"udp*"};
  EXPECT_EQ(gate_verdict(without_fifo(settings, true), true), Verdict::missing);
}

// 100 cells, the first three 30 % slower, in 10 blocks, and 40 of them in `fresh` ones as well.
Comparison three_of_a_hundred(std::uint32_t fresh) {
  std::vector<SampledCell> base;
  std::vector<SampledCell> candidate;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const std::uint32_t last = i < 40 ? 10 + fresh : 10;
    const std::string mechanism = fmt::format("m{}", i);
    base.push_back(steady(mechanism, 64, 1000, last, 0.02, i));
    candidate.push_back(steady(mechanism, 64, i < 3 ? 1300 : 1000, last, 0.02, 3 * i + 1));
  }
  return compare(made_side("base", base), made_side("new", candidate), {}, {});
}

// 40 tests at a level of 0.004 need 14 blocks, since 40 / 2^13 = 0.0049. Catches slowdowns that no test could
// have found and that are called inconclusive, which passes even where power is demanded.
TEST(Gate, SaysThatTooFewBlocksDecideNothing) {
  const Comparison few = three_of_a_hundred(12);
  EXPECT_EQ(gate_verdict(few, true), Verdict::unguarded);
  std::size_t unguarded = 0;
  for (const Finding& finding : few.findings) {
    if (finding.ratio.estimate < 1.2) continue;
    EXPECT_EQ(finding.verdict, Verdict::unguarded) << finding.name;
    EXPECT_THAT(finding.reason, HasSubstr("12 fresh blocks cannot decide among 40 tests; 14 are needed"));
    ++unguarded;
  }
  EXPECT_GE(unguarded, 3U);
  EXPECT_EQ(gate_verdict(three_of_a_hundred(30), false), Verdict::regressed);
}

}  // namespace
}  // namespace ipcbench
