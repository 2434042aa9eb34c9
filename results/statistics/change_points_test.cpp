#include "results/statistics/change_points.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "results/testing/made_noise.hpp"

namespace ipcbench {
namespace {

using testing::CellNoise;
using ::testing::IsEmpty;
using testing::Noise;
using testing::Random;

// Noise of sd 1 in levels that begin at those places.
std::vector<double> stairs(const std::vector<std::pair<std::size_t, double>>& levels, std::size_t size,
                           std::uint64_t seed, Noise noise = Noise::gaussian) {
  Random random(seed);
  CellNoise next(noise, 1, random);
  std::vector<double> values;
  for (std::size_t i = 0; i < size; ++i) {
    double level = 0;
    for (const auto& [from, height] : levels) level = i >= from ? height : level;
    values.push_back(level + next.next());
  }
  return values;
}

// With parts of least one value, {0, 1 | 10, 11}: the means are 10 apart and n = m = 2, so that the distance
// is 200; after the first value it is 3 / 4 * 2 (22 / 3)^2 = 80.7. Of the 24 orders only those of the same
// two pairs are as far apart: 8 of them, a third.
TEST(ChangePoints, SplitWhereThePartsAreFurthestApart) {
  const LevelChange change = likeliest_change({0, 1, 10, 11}, {.least_segment = 1});
  EXPECT_EQ(change.first_after, 2U);
  EXPECT_GT(change.p, 0.2);
}

// Catches parts whose places are counted from their own beginning, and a search that ends with the first.
TEST(ChangePoints, AreFoundInBothParts) {
  const auto changes = level_changes(stairs({{30, 8}, {50, 3}, {75, 10}}, 100, 1)).sure;
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].first_after, 30U);
  EXPECT_EQ(changes[1].first_after, 50U);
  EXPECT_EQ(changes[2].first_after, 75U);
}

// Five values of 45 are 1 in 1.2 million orders: a step that permutations can only bound from above.
TEST(ChangePoints, GoBelowWhatPermutationsReach) {
  const LevelChange change = likeliest_change(stairs({{40, 6}}, 45, 2));
  EXPECT_EQ(change.first_after, 40U);
  EXPECT_LT(change.p, 1e-6);
}

// A single far value is drawn in. Without that it hides a step of four sd.
TEST(ChangePoints, AreSeenBesideAFarValue) {
  std::vector<double> values = stairs({{30, 4}}, 35, 4);
  values[3] = 60;
  const auto changes = level_changes(values).sure;
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].first_after, 30U);
}

// Catches permutations that are drawn anew in each run: a gate would answer differently when it is asked
// again.
TEST(ChangePoints, AreTheSameEachTime) {
  const auto values = stairs({{40, 2}}, 45, 3);
  EXPECT_EQ(likeliest_change(values).p, likeliest_change(values).p);
}

// 40 series of 60 values at 2.5 in 10,000 each: two accused ones have a probability below 1 in 10,000. Of
// those that wander, plain permutations accuse most.
TEST(ChangePoints, AccuseNoQuietSeries) {
  for (const Noise noise : {Noise::gaussian, Noise::contaminated, Noise::bimodal}) {
    int accused = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      if (!level_changes(stairs({}, 60, seed, noise)).sure.empty()) ++accused;
    }
    EXPECT_LE(accused, 1) << static_cast<int>(noise);
  }
  int wandering = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    if (!level_changes(stairs({}, 60, seed, Noise::drifting)).sure.empty()) ++wandering;
  }
  EXPECT_LE(wandering, 8);
}

TEST(ChangePoints, NeedTwoParts) {
  EXPECT_THAT(level_changes({1, 2, 3, 4, 5}).sure, IsEmpty());
  EXPECT_EQ(likeliest_change({}).p, 1);
  EXPECT_EQ(likeliest_change(std::vector<double>(20, 1.0)).p, 1);
}

// Half of the values before a single split are at the level of those after it, and it finds neither end.
TEST(ChangePoints, AreFoundWhereALevelWentBack) {
  for (const auto& [from, to, size] : {std::tuple{25U, 50U, 80U}, {20U, 33U, 45U}, {60U, 68U, 120U}}) {
    const auto values = stairs({{from, 6}, {to, 0}}, size, 5);
    const auto changes = level_changes(values).sure;
    ASSERT_EQ(changes.size(), 2U) << from;
    EXPECT_EQ(changes[0].first_after, from);
    EXPECT_EQ(changes[1].first_after, to);
  }
}

// Catches a row that reaches an end of the values, which is a change and no episode, and one that is too
// short, as a few days of noise are.
TEST(ChangePoints, AnEpisodeHasAnotherLevelBeforeAndAfter) {
  EXPECT_EQ(likeliest_episode(stairs({}, 10, 1)).first_after, 0U);
  const LevelEpisode at_end = likeliest_episode(stairs({{30, 6}}, 45, 6));
  EXPECT_LE(at_end.first_after, 42U);
  const LevelEpisode brief = likeliest_episode(stairs({{20, 8}, {22, 0}}, 45, 6));
  EXPECT_GE(brief.first_after, brief.first + kLeastEpisode);
  EXPECT_GT(brief.p, ChangeSearch{}.level);
}

// Constant parts have no noise, so that the step is as certain as the orders allow.
TEST(ChangePoints, KnowAStepWithoutNoise) {
  std::vector<double> values(20, 1.0);
  values.insert(values.end(), 20, 2.0);
  const auto changes = level_changes(values).sure;
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].first_after, 20U);
}

TEST(ChangePoints, RefuseWhatIsNoNumber) {
  EXPECT_THROW(static_cast<void>(level_changes({1, 2, 3, NAN, 5, 6})), std::invalid_argument);
}

}  // namespace
}  // namespace ipcbench
