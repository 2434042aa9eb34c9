#include "results/comparison/findings.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

constexpr double kAlpha = 0.01;

// Slower by 20 %, certain even after the correction, where 5 % matter.
Finding slower_finding() {
  Finding finding;
  finding.smallest_effect = 0.05;
  finding.detectable_effect = 0.04;
  finding.ratio = {.estimate = 1.2, .low = 1.15, .high = 1.25, .confidence = 0.95};
  finding.p_slower = finding.p_slower_adjusted = 0.001;
  return finding;
}

TEST(JudgeFinding, RegressesIfItIsCertainAndMatters) {
  EXPECT_EQ(judge(slower_finding(), kAlpha, true), Verdict::regressed);
  EXPECT_NE(judge(slower_finding(), kAlpha, false), Verdict::regressed);
}

// Catches a verdict by the uncorrected p value: of many cells, some have a small one by chance.
TEST(JudgeFinding, CountsTheCorrectedProbability) {
  Finding finding = slower_finding();
  finding.p_slower_adjusted = 0.3;
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::inconclusive);
}

// A creep of 3 % a change is seen, and fails nothing.
TEST(JudgeFinding, NamesWhatIsCertainAndCountsLess) {
  Finding finding = slower_finding();
  finding.ratio = {.estimate = 1.03, .low = 1.02, .high = 1.04, .confidence = 0.95};
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::slower);
  EXPECT_EQ(judge(finding, kAlpha, false), Verdict::unchanged);
  finding.p_slower_adjusted = 0.3;
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::unchanged);
  finding.ratio = {.estimate = 0.97, .low = 0.96, .high = 0.98, .confidence = 0.95};
  finding.p_faster_adjusted = 0.001;
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::faster);
}

// Catches a verdict of the program, and "inconclusive" for what is certain of these two sessions.
TEST(JudgeFinding, SaysWhatTwoSessionsShowIfItIsUnknownHowMuchTheyDiffer) {
  Finding finding = slower_finding();
  EXPECT_EQ(judge_here(finding, kAlpha), Verdict::slower);
  finding.ratio.estimate = 1;  // of launches that do not vary
  EXPECT_EQ(judge_here(finding, kAlpha), Verdict::inconclusive);
  finding.ratio.estimate = 1.2;
  finding.ratio.confidence = 0;
  EXPECT_EQ(judge_here(finding, kAlpha), Verdict::inconclusive);
  finding = slower_finding();
  finding.p_slower_adjusted = 0.3;
  EXPECT_EQ(judge_here(finding, kAlpha), Verdict::inconclusive);
}

// Catches an interval that is looked at on one side only.
TEST(JudgeFinding, IsUnchangedOnlyIfTheWholeIntervalIs) {
  Finding finding = slower_finding();
  finding.p_slower_adjusted = 0.3;
  finding.ratio = {.estimate = 1.02, .low = 0.97, .high = 1.08, .confidence = 0.95};
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::inconclusive);
  finding.ratio = {.estimate = 0.98, .low = 0.92, .high = 1.03, .confidence = 0.95};
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::inconclusive);
  finding.ratio = {.estimate = 1, .low = 0.97, .high = 1.03, .confidence = 0.95};
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::unchanged);
}

// What would likely be missed is not called inconclusive, which sounds as if it had been watched.
TEST(JudgeFinding, IsUnguardedIfItCouldNotSeeWhatMatters) {
  Finding finding = slower_finding();
  finding.p_slower_adjusted = 0.3;
  finding.detectable_effect = 0.11;
  EXPECT_EQ(judge(finding, kAlpha, true), Verdict::unguarded);
}

}  // namespace
}  // namespace ipcbench
