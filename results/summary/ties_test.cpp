#include "results/summary/ties.hpp"

#include <gtest/gtest.h>

#include <random>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

CellSummary with_figures(std::string mechanism, const std::vector<double>& figures, Wait wait = Wait::block) {
  CellSummary summary;
  summary.cell = testing::make_cell(std::move(mechanism));
  summary.cell.wait = wait;
  std::uint32_t number = 0;
  for (const double figure : figures) summary.figures.push_back({number++, figure});
  return summary;
}

using Indices = std::vector<std::size_t>;

// All share the drift of the machine, a doubling from the first round to the last. The second is 1 % slower
// in one half of the rounds and faster in the other, the third is 4 % slower throughout. Catches a test of
// unpaired figures, to which all three are the same.
TEST(Ties, ArePairedByRound) {
  const std::vector<CellSummary> summaries{
      with_figures("a", {100, 110, 125, 140, 160, 175, 190, 200}),
      with_figures("b", {101, 109, 126, 139, 161, 174, 191, 199}),
      with_figures("c", {104, 114.5, 130, 145.7, 166.3, 182.1, 197.5, 208.1})};
  const auto tied = ties(summaries);
  EXPECT_EQ(tied[0], Indices{1});
  EXPECT_EQ(tied[1], Indices{0});
  EXPECT_EQ(tied[2], Indices{});
}

// Catches rankings that are mixed up, and floors that are ranked.
TEST(Ties, AreWithinARanking) {
  std::vector<CellSummary> summaries{with_figures("a", {100, 101}), with_figures("b", {100, 101}, Wait::spin),
                                     with_figures("c", {101, 100}), with_figures("floor", {100, 101})};
  summaries[3].floor = true;
  const auto tied = ties(summaries);
  EXPECT_EQ(tied[0], Indices{2});
  EXPECT_EQ(tied[1], Indices{});
  EXPECT_EQ(tied[3], Indices{});
}

// Catches a verdict from a single launch, and rounds that are paired by position: with launches left out, the
// numbers tell which rounds both have. Here they are too few, and all launches are compared.
TEST(Ties, AreUnpairedWithoutCommonRounds) {
  std::vector<CellSummary> summaries{with_figures("a", {100, 101, 99}), with_figures("b", {500})};
  EXPECT_EQ(ties(summaries)[0], Indices{1});
  summaries[1].figures = {{3, 500}, {4, 490}, {5, 505}};
  EXPECT_EQ(ties(summaries)[0], Indices{});
  summaries[1].figures = {{3, 100}, {4, 102}, {5, 99}};
  EXPECT_EQ(ties(summaries)[0], Indices{1});
  summaries[1].figures = {{3, 110}, {4, 91}, {5, 100}};  // the first of them stands for no other
  EXPECT_EQ(ties(summaries)[0], Indices{1});
  std::swap(summaries[0].figures, summaries[1].figures);
  EXPECT_EQ(ties(summaries)[0], Indices{1});
}

// Three launches each, 3 % of noise: 40 % of difference is seen only because the variances of all pairs are
// taken together. With two degrees of freedom and 66 pairs, t would have to be above 36.
TEST(Ties, OfFewLaunchesRestOnAllPairs) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise(0, 0.03);
  std::vector<CellSummary> summaries;
  for (int i = 0; i < 12; ++i) {
    std::vector<double> figures;
    for (int round = 0; round < 3; ++round) figures.push_back((i == 0 ? 60 : 100) * std::exp(noise(random)));
    summaries.push_back(with_figures("m" + std::to_string(i), figures));
  }
  EXPECT_EQ(ties(summaries)[0], Indices{});
  EXPECT_EQ(ties(summaries)[1].size(), 10U);
}

// 400 rankings of twelve equals with unequal noise: no more than 5 % of them may call any two different; the
// bound is three standard errors above. Catches a missing correction for the number of pairs.
TEST(Ties, SeldomTellEqualsApart) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  int wrong = 0;
  constexpr int kRankings = 400;
  for (int trial = 0; trial < kRankings; ++trial) {
    std::vector<CellSummary> summaries;
    for (int i = 0; i < 12; ++i) {
      const double spread = i % 4 == 0 ? 0.2 : 0.02;
      std::vector<double> figures;
      for (int round = 0; round < 5; ++round) figures.push_back(100 * std::exp(spread * normal(random)));
      summaries.push_back(with_figures("m" + std::to_string(i), figures));
    }
    const auto tied = ties(summaries);
    wrong += std::ranges::any_of(tied, [](const Indices& with) { return with.size() < 11; }) ? 1 : 0;
  }
  EXPECT_LE(wrong, 0.05 * kRankings + 3 * std::sqrt(0.05 * 0.95 * kRankings));
}

}  // namespace
}  // namespace ipcbench
