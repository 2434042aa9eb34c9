#include "results/statistics/sign_flips.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ipcbench {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;

const Differences kAllAbove{1, 2, 3, 4, 5, 6};
const Differences kMixed{-1, 2, -3, 4, -5, 6};

TEST(SignFlips, AreExhaustiveUpToFourteenBlocks) {
  EXPECT_EQ(SignFlips(3, 0, 0).count(), 8U);
  EXPECT_TRUE(SignFlips(14, 0, 0).exhaustive());
  const SignFlips random(15, 100, 7);
  EXPECT_FALSE(random.exhaustive());
  EXPECT_EQ(random.count(), 100U);
  EXPECT_THROW(SignFlips(0, 1, 0), std::invalid_argument);
  EXPECT_THROW(SignFlips(15, 0, 0), std::invalid_argument);
}

// Catches flips that depend on more than their seed, and signs that repeat after the 64 bits of one random
// number.
TEST(SignFlips, AreTheirSeeds) {
  const SignFlips one(100, 50, 7);
  const SignFlips again(100, 50, 7);
  const SignFlips other(100, 50, 8);
  bool differs = false;
  bool repeats = true;
  for (std::size_t flip = 0; flip < 50; ++flip) {
    for (std::size_t block = 0; block < 100; ++block) {
      EXPECT_EQ(one.signs(flip)[block], again.signs(flip)[block]);
      differs = differs || one.signs(flip)[block] != other.signs(flip)[block];
      if (block >= 64) repeats = repeats && one.signs(flip)[block] == one.signs(flip)[block - 64];
    }
  }
  EXPECT_TRUE(differs);
  EXPECT_FALSE(repeats);
}

// The correction leaves a single hypothesis unchanged: all above 0 is one flip of 64.
TEST(StepDownP, IsTheSignedRankTestForOneHypothesis) {
  EXPECT_THAT(step_down_p({kAllAbove}, SignFlips(6, 0, 0)), ElementsAre(DoubleNear(1.0 / 64, 1e-12)));
}

// Catches a correction that counts copies of one hypothesis as several: they are flipped together.
TEST(StepDownP, CostsNothingForCopies) {
  EXPECT_THAT(step_down_p({kAllAbove, kAllAbove, kAllAbove}, SignFlips(6, 0, 0)),
              Each(DoubleNear(1.0 / 64, 1e-12)));
}

// Catches a correction that ignores the other hypotheses. Each of the two has its own flip of 64 that puts
// all six above 0.
TEST(StepDownP, PaysForEveryOtherHypothesis) {
  const Differences other{1, 2, 3, 4, 5, -6};
  EXPECT_THAT(step_down_p({kAllAbove, other}, SignFlips(6, 0, 0))[0], DoubleNear(2.0 / 64, 1e-12));
}

// Catches corrected p values that are not monotone, or below the uncorrected ones.
TEST(StepDownP, NeverFallsAlongTheOrder) {
  const std::vector<double> p = step_down_p({kMixed, kAllAbove}, SignFlips(6, 0, 0));
  EXPECT_GE(p[1], 1.0 / 64);
  EXPECT_GE(p[0], p[1]);
}

// Random flips count the observed signs as one more, so that no p value is 0.
TEST(StepDownP, IsNeverZeroWithRandomFlips) {
  Differences above;
  for (int block = 1; block <= 30; ++block) above.push_back(block);
  EXPECT_THAT(step_down_p({above}, SignFlips(30, 999, 1)), ElementsAre(DoubleNear(1.0 / 1000, 1e-12)));
}

TEST(HolmP, MultipliesByWhatIsLeft) {
  EXPECT_THAT(holm_p({0.01, 0.04, 0.03}),
              ElementsAre(DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12), DoubleNear(0.06, 1e-12)));
  EXPECT_THAT(holm_p({0.9, 0.8}), ElementsAre(1, 1));
}

// At 10 % the limits are 0.025, 0.05, 0.075 and 0.1: the third is below its own, and takes the second along.
TEST(Discoveries, ReachUpToTheLastBelowItsLimit) {
  EXPECT_THAT(discoveries({0.9, 0.07, 0.06, 0.001}, 0.10), ElementsAre(false, true, true, true));
  EXPECT_THAT(discoveries({0.2, 0.3}, 0.10), ElementsAre(false, false));
}

// The same four: 0.001 * 4, 0.06 * 4 / 2, then 0.07 * 4 / 3, which is less and so holds for 0.06, too.
TEST(DiscoveryRates, AreTheLeastAtWhichAValueIsADiscovery) {
  const std::vector<double> rates = discovery_rates({0.9, 0.07, 0.06, 0.001});
  ASSERT_EQ(rates.size(), 4U);
  EXPECT_DOUBLE_EQ(rates[0], 0.9);
  EXPECT_DOUBLE_EQ(rates[1], 0.07 * 4 / 3);
  EXPECT_DOUBLE_EQ(rates[2], 0.07 * 4 / 3);
  EXPECT_DOUBLE_EQ(rates[3], 0.004);
}

// Catches a conversion of minus infinity: a comparison may have no families.
TEST(BlocksToDecide, NoTestsNeedNone) {
  EXPECT_EQ(blocks_to_decide(0, 0.004), 0U);
  EXPECT_EQ(blocks_to_decide(4, 0.004), 10U);
  EXPECT_EQ(blocks_to_decide(1200, 0.004), 19U);
}

}  // namespace
}  // namespace ipcbench
