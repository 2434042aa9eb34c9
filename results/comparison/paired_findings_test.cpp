// How many blocks a finding of a duet needs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "results/comparison/compare.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

constexpr std::uint32_t kFirstStage = 10;
constexpr std::uint32_t kBothStages = 40;

// A cell with the blocks 0 to `last` - 1, whose times vary by 2 %.
SampledCell blocks_of(std::size_t size, double ns, std::uint32_t last) {
  return testing::made_cell("pipe", size, 0, last,
                            [=](std::uint32_t block) { return ns * testing::wobble(block, 0.02); });
}

Finding first_finding(const Comparison& comparison, Level level) {
  return *std::ranges::find(comparison.findings, level, &Finding::level);
}

Comparison compare_blocks(std::vector<SampledCell> base, std::vector<SampledCell> candidate) {
  return compare(testing::made_side("base", std::move(base)), testing::made_side("new", std::move(candidate)),
                 {}, {});
}

// Catches a verdict from fewer pairs than any test needs, and one that is withheld although there are enough.
TEST(PairedFindings, NeedSixPairs) {
  const Finding five =
      first_finding(compare_blocks({blocks_of(64, 1000, 5)}, {blocks_of(64, 1200, 5)}), Level::cell);
  EXPECT_EQ(five.verdict, Verdict::unguarded);
  EXPECT_EQ(five.reason, "fewer than 6 pairs of launches");
  const Finding six =
      first_finding(compare_blocks({blocks_of(64, 1000, 6)}, {blocks_of(64, 1200, 6)}), Level::cell);
  EXPECT_EQ(six.base_launches, 6U);
  EXPECT_THAT(six.reason, ::testing::HasSubstr("was not run again"));
}

// Only the smaller message looked slow enough to be measured again. Catches a family that is judged by the
// fresh blocks of such cells, which were chosen for looking slow.
TEST(PairedFindings, JudgeAFamilyByFreshBlocksOfAllItsCells) {
  for (const std::uint32_t last : {kFirstStage, kBothStages}) {
    const Finding family =
        first_finding(compare_blocks({blocks_of(64, 1000, kBothStages), blocks_of(4096, 1000, last)},
                                     {blocks_of(64, 1100, kBothStages), blocks_of(4096, 1000, last)}),
                      Level::family);
    EXPECT_EQ(family.second_stage, last == kBothStages);
  }
}

}  // namespace
}  // namespace ipcbench
