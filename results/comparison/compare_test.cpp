#include "results/comparison/compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "results/report/report_json.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ipcbench::testing::made_cell;
using ipcbench::testing::made_report;
using ipcbench::testing::made_side;
using ipcbench::testing::steady;
using ipcbench::testing::wobble;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t kFirst = 10;
constexpr std::uint32_t kAll = ipcbench::testing::kLaunchesMade;

const Finding& finding_of(const Comparison& comparison, Level level, const std::string& part) {
  return *std::ranges::find_if(comparison.findings, [&](const Finding& finding) {
    return finding.level == level && finding.name.find(part) != std::string::npos;
  });
}

Comparison duet_of(std::vector<SampledCell> base, std::vector<SampledCell> candidate) {
  return compare(made_side("base", std::move(base)), made_side("new", std::move(candidate)), {}, {});
}

// Catches a gate that misses 20 % under 2 % of noise.
TEST(CompareDuet, FindsASlowdown) {
  const Comparison comparison =
      duet_of({steady("pipe", 64, 1000)}, {steady("pipe", 64, 1200, kAll, 0.02, 3)});
  const Finding& cell = finding_of(comparison, Level::cell, "pipe");
  EXPECT_EQ(comparison.method, Method::paired);
  EXPECT_EQ(cell.verdict, Verdict::regressed);
  EXPECT_NEAR(cell.ratio.estimate, 1.2, 0.01);
  EXPECT_TRUE(cell.second_stage);
  EXPECT_FALSE(cell.watch);  // listed as a regression already
  EXPECT_EQ(cell.base_launches, kAll - kFirst);
  EXPECT_EQ(comparison.verdict, Verdict::regressed);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::regressed);
}

// The distance of each launch's CPUs.
SampledCell at(SampledCell cell, const std::function<double(std::uint32_t)>& line_ns) {
  for (Sample& sample : cell.samples) sample.line_rtt_ns = line_ns(sample.launch);
  return cell;
}

// In every fourth block the new side's CPUs were 485 ns apart and its time fourfold. Catches such pairs in
// the decision; and pairs that are left out though both launches were far.
TEST(CompareDuet, LeavesOutPairsAtTwoDistances) {
  const auto moved = [](std::uint32_t block) { return block % 4 == 0; };
  const auto slowed = made_cell("ring", 64, 0, kAll, [&](std::uint32_t block) {
    return 1000 * wobble(block + 3, 0.02) * (moved(block) ? 4 : 1);
  });
  const auto far = [&](std::uint32_t block) { return moved(block) ? 485.0 : 110.0; };
  const auto near = [](std::uint32_t) { return 120.0; };
  const Comparison comparison = duet_of({at(steady("ring", 64, 1000), near)}, {at(slowed, far)});
  const Finding& cell = finding_of(comparison, Level::cell, "ring");
  EXPECT_EQ(cell.verdict, Verdict::unchanged);
  EXPECT_NEAR(cell.ratio.estimate, 1, 0.02);
  EXPECT_EQ(cell.base_launches, 23U);  // of 30 fresh blocks, without 12, 16, ... 36
  EXPECT_THAT(comparison.doubts.back().what, HasSubstr("10 of 40 pairs of launches were left out"));
  const Comparison together = duet_of({at(steady("ring", 64, 1000), far)}, {at(slowed, far)});
  EXPECT_EQ(finding_of(together, Level::cell, "ring").base_launches, kAll - kFirst);
  EXPECT_THAT(together.doubts, IsEmpty());
}

// Six launches of each side: in base four near and two far, in new two near and four far; far takes four
// times as long. Then three and three on either side.
SampledCell near_then_far(std::uint32_t near_launches, double ns) {
  const auto is_near = [=](std::uint32_t launch) { return launch < near_launches; };
  return at(
      made_cell("ring", 64, 0, 6,
                [=](std::uint32_t launch) { return ns * wobble(launch, 0.02) * (is_near(launch) ? 1 : 4); }),
      [=](std::uint32_t launch) { return is_near(launch) ? 110.0 : 485.0; });
}

Comparison sessions_of(SampledCell base, SampledCell candidate) {
  return compare(made_report("old", {std::move(base)}), made_report("new", {std::move(candidate)}), {},
                 {.calibration = {}, .assumed_session_sd = 0.01, .across = {}});
}

// Catches a slowdown found in where the hypervisor put the CPUs, and one hidden by it.
TEST(CompareSessions, ComparesWithinADistance) {
  const Comparison alike = sessions_of(near_then_far(3, 1000), near_then_far(3, 1000));
  EXPECT_NEAR(finding_of(alike, Level::cell, "ring").ratio.estimate, 1, 0.01);
  const Comparison slower = sessions_of(near_then_far(3, 1000), near_then_far(3, 1200));
  EXPECT_NEAR(finding_of(slower, Level::cell, "ring").ratio.estimate, 1.2, 0.01);
  EXPECT_EQ(finding_of(slower, Level::cell, "ring").verdict, Verdict::regressed);
  EXPECT_EQ(finding_of(slower, Level::cell, "ring").base_launches, 6U);
}

// All of base near, all of new far: fourfold, and no verdict on the program.
TEST(CompareSessions, DoesNotJudgeAcrossDistances) {
  const Comparison apart = sessions_of(near_then_far(6, 1000), near_then_far(0, 1000));
  const Finding& cell = finding_of(apart, Level::cell, "ring");
  EXPECT_NEAR(cell.ratio.estimate, 4, 0.1);
  EXPECT_EQ(cell.verdict, Verdict::inconclusive);
  EXPECT_FALSE(cell.gated);
  EXPECT_THAT(cell.reason, HasSubstr("at different distances"));
  EXPECT_EQ(gate_verdict(apart, false), Verdict::unchanged);
}

// A class without enough launches of a side is left out; a report that does not say is compared as before.
TEST(CompareSessions, UsesTheDistancesThatBothSidesHave) {
  const Comparison mostly = sessions_of(near_then_far(5, 1000), near_then_far(3, 1000));
  EXPECT_NEAR(finding_of(mostly, Level::cell, "ring").ratio.estimate, 1, 0.02);
  EXPECT_EQ(finding_of(mostly, Level::cell, "ring").base_launches, 5U);
  EXPECT_EQ(finding_of(mostly, Level::cell, "ring").new_launches, 3U);
  SampledCell old = near_then_far(6, 1000);
  for (Sample& sample : old.samples) sample.line_rtt_ns = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(finding_of(sessions_of(old, near_then_far(6, 1000)), Level::cell, "ring").gated);
}

// Catches a decision by the blocks that raised the suspicion: without fresh blocks nothing regresses.
TEST(CompareDuet, DecidesByFreshBlocksAlone) {
  const Comparison comparison =
      duet_of({steady("pipe", 64, 1000, kFirst)}, {steady("pipe", 64, 1200, kFirst, 0.02, 3)});
  EXPECT_NE(comparison.verdict, Verdict::regressed);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
}

// The first blocks look 30 % slower, the fresh ones do not.
TEST(CompareDuet, ForgetsASuspicionThatFreshBlocksDoNotShare) {
  const auto unlucky = made_cell("pipe", 64, 0, kAll, [](std::uint32_t launch) {
    return (launch < kFirst ? 1300 : 1000) * wobble(launch + 3, 0.02);
  });
  const Comparison comparison = duet_of({steady("pipe", 64, 1000)}, {unlucky});
  EXPECT_EQ(finding_of(comparison, Level::cell, "pipe").verdict, Verdict::unchanged);
  EXPECT_EQ(comparison.verdict, Verdict::unchanged);
}

// Catches a gate that fails on a certain change of 3 %, below the smallest effect.
TEST(CompareDuet, LeavesAChangeBelowTheSmallestEffectAlone) {
  const Comparison comparison =
      duet_of({steady("pipe", 64, 1000, kAll, 0.001)}, {steady("pipe", 64, 1030, kAll, 0.001, 3)});
  EXPECT_EQ(comparison.verdict, Verdict::slower);
  EXPECT_EQ(gate_verdict(comparison, true), Verdict::unchanged);
  EXPECT_LE(finding_of(comparison, Level::cell, "pipe").p_slower_adjusted, 0.004);
}

TEST(CompareDuet, FindsAnImprovementAndNeverFailsForIt) {
  const Comparison comparison = duet_of({steady("pipe", 64, 1000)}, {steady("pipe", 64, 800, kAll, 0.02, 3)});
  EXPECT_EQ(comparison.verdict, Verdict::improved);
  EXPECT_EQ(gate_verdict(comparison, true), Verdict::unchanged);
}

// Catches "not significant" reported as "unchanged": noise of 60 % hides a change of twice 5 %.
TEST(CompareDuet, CallsWhatIsTooNoisyUnguarded) {
  const Comparison comparison =
      duet_of({steady("pipe", 64, 1000, kAll, 0.6)}, {steady("pipe", 64, 1000, kAll, 0.6, 7)});
  EXPECT_EQ(comparison.verdict, Verdict::unguarded);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
  EXPECT_EQ(gate_verdict(comparison, true), Verdict::unguarded);
}

// Catches families that are not formed over sizes, and a whole although there is only one family.
TEST(CompareDuet, JudgesFamiliesOverTheirSizes) {
  std::vector<SampledCell> base;
  std::vector<SampledCell> candidate;
  for (const std::size_t size : {1U, 64U, 4096U}) {
    base.push_back(steady("pipe", size, 1000));
    candidate.push_back(steady("pipe", size, 1100, kAll, 0.02, 3));
  }
  const Comparison comparison = duet_of(base, candidate);
  const Finding& family = finding_of(comparison, Level::family, "pipe/latency/wait");
  EXPECT_EQ(family.verdict, Verdict::regressed);
  EXPECT_NEAR(family.ratio.estimate, 1.1, 0.01);
  EXPECT_TRUE(
      std::ranges::none_of(comparison.findings, [](const Finding& f) { return f.level == Level::whole; }));
}

// Catches a gate that fails for cells that are not pinned, which are too noisy to compare.
TEST(CompareDuet, NeverGatesWhatIsNotPinned) {
  SampledCell base = steady("pipe", 64, 1000);
  SampledCell candidate = steady("pipe", 64, 2000, kAll, 0.02, 3);
  base.pinned = candidate.pinned = false;
  const Comparison comparison = duet_of({base}, {candidate});
  EXPECT_FALSE(finding_of(comparison, Level::cell, "pipe").gated);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
}

// Half of the capacity is another rate for a faster mechanism. Catches a gate that calls a cell slower that
// was offered more, a verdict in the listing, and a family that rests on such cells.
TEST(CompareDuet, NeverJudgesARateThatEachLaunchMeasured) {
  std::vector<SampledCell> base;
  std::vector<SampledCell> candidate;
  for (const std::size_t size : {64U, 4096U}) {
    base.push_back(steady("pipe", size, 1000));
    candidate.push_back(steady("pipe", size, 2000, kAll, 0.02, 3));
    base.back().own_rate = candidate.back().own_rate = true;
  }
  const Comparison comparison = duet_of(base, candidate);
  const Finding& finding = finding_of(comparison, Level::cell, "pipe");
  EXPECT_FALSE(finding.gated);
  EXPECT_EQ(finding.verdict, Verdict::inconclusive);
  EXPECT_THAT(finding.reason, ::testing::HasSubstr("share of a capacity"));
  EXPECT_TRUE(
      std::ranges::none_of(comparison.findings, [](const Finding& f) { return f.level != Level::cell; }));
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
}

// Catches a verdict of the whole that a cell beside the gate decides: the noise of one that is not pinned.
TEST(CompareDuet, IsDecidedByGatedCellsAlone) {
  SampledCell base = steady("fifo", 64, 1000, kAll, 0.6);
  SampledCell candidate = steady("fifo", 64, 1000, kAll, 0.6, 7);
  base.pinned = candidate.pinned = false;
  const Comparison comparison =
      duet_of({base, steady("pipe", 64, 1000)}, {candidate, steady("pipe", 64, 1000)});
  EXPECT_EQ(finding_of(comparison, Level::cell, "fifo").verdict, Verdict::unguarded);
  EXPECT_EQ(comparison.verdict, Verdict::unchanged);
  EXPECT_EQ(gate_verdict(comparison, true), Verdict::unchanged);
}

// Catches pairs of different blocks after failed launches on one side.
TEST(CompareDuet, PairsByBlock) {
  SampledCell base =
      made_cell("pipe", 64, 0, kAll, [](std::uint32_t launch) { return 1000.0 * (launch + 1); });
  SampledCell candidate = base;
  candidate.samples.erase(candidate.samples.begin() + 3);
  base.samples.erase(base.samples.begin() + 20);
  const Comparison comparison = duet_of({base}, {candidate});
  const Finding& cell = finding_of(comparison, Level::cell, "pipe");
  EXPECT_DOUBLE_EQ(cell.ratio.estimate, 1);
  EXPECT_DOUBLE_EQ(cell.ratio.high, 1);
  EXPECT_EQ(cell.base_launches, kAll - kFirst - 1);
}

TEST(CompareDuet, IsInvalidIfTheMeasurementIs) {
  SampledReport base = made_side("base", {steady("pipe", 64, 1000)});
  const SampledReport candidate = made_side("new", {steady("pipe", 64, 2000)});
  base.doubts.push_back({Doubt::Level::invalid, "Another program ran.", "Stop it."});
  const Comparison comparison = compare(base, candidate, {}, {});
  EXPECT_EQ(comparison.verdict, Verdict::invalid);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::invalid);
}

TEST(SuspiciousCells, AreThoseThatLookSlower) {
  std::vector<SampledCell> base;
  std::vector<SampledCell> candidate;
  for (const char* mechanism : {"a", "b", "c", "d", "e"}) {
    base.push_back(steady(mechanism, 64, 1000, kFirst));
    candidate.push_back(steady(mechanism, 64, mechanism[0] == 'c' ? 1100 : 990, kFirst, 0.02, 3));
  }
  EXPECT_THAT(suspicious_cells(made_side("base", base), made_side("new", candidate), {}),
              ElementsAre(::testing::Field(&SuspiciousCell::name, HasSubstr("c/latency"))));
}

TEST(SuspiciousCells, AreNoneWhereNothingLooksSlower) {
  EXPECT_THAT(suspicious_cells(made_side("base", {steady("a", 64, 1000, kFirst)}),
                               made_side("new", {steady("a", 64, 900, kFirst)}), {}),
              IsEmpty());
}

// --- Two sessions -------------------------------------------------------------------------------------

Comparison sessions_of(double candidate_ns, const CompareOptions& options) {
  return compare(made_report("base.json", {steady("pipe", 64, 1000)}),
                 made_report("new.json", {steady("pipe", 64, candidate_ns, kAll, 0.02, 3)}), {}, options);
}

// Catches a comparison that ignores the variance between sessions: 6 % means little where sessions differ by
// 3 %.
TEST(CompareSessions, AllowForTheVarianceBetweenSessions) {
  CompareOptions steady_host;
  steady_host.assumed_session_sd = 0.002;
  EXPECT_EQ(sessions_of(1060, steady_host).verdict, Verdict::regressed);
  CompareOptions unsteady_host;
  unsteady_host.assumed_session_sd = 0.03;
  const Comparison comparison = sessions_of(1060, unsteady_host);
  EXPECT_NE(comparison.verdict, Verdict::regressed);
  // 1.96 times the root of twice 0.03 squared, plus a little for the launches' own variance.
  EXPECT_NEAR(std::log(comparison.findings.front().ratio.high), std::log(1.06) + 0.0832, 0.003);
}

// Catches a gate that fails on reports of two sessions without knowing how much sessions differ.
TEST(CompareSessions, AreInformationalWithoutACalibration) {
  const Comparison comparison = sessions_of(2000, {});
  EXPECT_EQ(comparison.method, Method::informational);
  EXPECT_THAT(comparison.why_informational, HasSubstr("calibrate"));
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::unchanged);
  EXPECT_EQ(gate_verdict(comparison, true), Verdict::unguarded);
  EXPECT_NEAR(comparison.findings.front().ratio.estimate, 2, 0.05);
}

TEST(CompareSessions, AreIncomparableOnDifferentHosts) {
  SampledReport base = made_report("base.json", {steady("pipe", 64, 1000)});
  SampledReport candidate = made_report("new.json", {steady("pipe", 64, 1000)});
  base.host = {{"kernel_release", "6.1.0"}, {"run_steal_percent", "0.1"}, {"net_ipv4_tcp_mem", "1 2 3"}};
  candidate.host = {
      {"kernel_release", "6.18.0"}, {"run_steal_percent", "0.2"}, {"net_ipv4_tcp_mem", "4 5 6"}};
  const Comparison comparison = compare(base, candidate, {}, {});
  EXPECT_THAT(comparison.differing, ElementsAre("kernel_release: 6.1.0 in base.json, 6.18.0 in new.json"));
  EXPECT_EQ(comparison.findings.front().verdict, Verdict::incomparable);
  EXPECT_EQ(gate_verdict(comparison, false), Verdict::incomparable);
  CompareOptions on_purpose;
  on_purpose.across = {"kernel_*"};
  EXPECT_THAT(compare(base, candidate, {}, on_purpose).differing, IsEmpty());
}

// Catches sides of two different duets that are compared as if they were pairs.
TEST(CompareSessions, AreWhatSidesOfDifferentDuetsAre) {
  SampledReport base = made_side("base", {steady("pipe", 64, 1000)});
  base.session.duet->id = "another";
  EXPECT_EQ(compare(base, made_side("new", {steady("pipe", 64, 1000)}), {}, {}).method,
            Method::informational);
}

TEST(Compare, NamesWhatOneSideLacks) {
  SampledReport base = made_report("base.json", {steady("pipe", 64, 1000), steady("fifo", 64, 1000),
                                                 steady("udp", 64, 1000), steady("gone", 64, 1000)});
  SampledReport candidate = made_report("new.json", {steady("pipe", 64, 1000), steady("eventfd", 64, 1000)});
  candidate.skipped = {{base.cells[1].name, "no room"}};
  candidate.failed = {{base.cells[2].name, "killed"}};
  const std::vector<Absence> absences = compare(base, candidate, {}, {}).absences;
  ASSERT_EQ(absences.size(), 4U);
  EXPECT_EQ(absences[0].verdict, Verdict::invalid);
  EXPECT_THAT(absences[0].reason, HasSubstr("failed in new.json: killed"));
  EXPECT_EQ(absences[1].verdict, Verdict::missing);
  EXPECT_THAT(absences[1].reason, HasSubstr("skipped in new.json: no room"));
  EXPECT_THAT(absences[2].reason, HasSubstr("not in new.json"));
  EXPECT_EQ(absences[3].verdict, Verdict::added);
}

TEST(Compare, RefusesReportsWithoutACommonCell) {
  EXPECT_THROW(
      compare(made_report("a", {steady("pipe", 64, 1)}), made_report("b", {steady("fifo", 64, 1)}), {}, {}),
      ReportError);
}

}  // namespace
}  // namespace ipcbench
