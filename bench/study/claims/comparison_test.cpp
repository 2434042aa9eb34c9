#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "bench/study/claims/report_claims.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// Pairs of cells with given intervals.
class Pairs {
 public:
  // `left` and `right` are medians, each with an interval of 1 to either side and this many `launches`.
  void add(const Cell& cell, double left, double right, std::size_t launches = 6) {
    comparisons_.push_back({.quantity = Quantity::time,
                            .subject = &make(cell, left, launches),
                            .reference = &make(cell, right, launches)});
  }
  [[nodiscard]] const std::vector<SpeedComparison>& all() const { return comparisons_; }

 private:
  const MeasuredCell& make(const Cell& cell, double median, std::size_t launches) {
    const Estimate estimate{
        .median = median, .low = median - 1, .high = median + 1, .confidence = launches > 1 ? 0.97 : 0};
    cells_.push_back({.cell = cell,
                      .mechanism = {.name = cell.mechanism, .kind = MechanismKind::socket, .made_of = {}},
                      .time_ns = estimate,
                      .cpu_ns = estimate,
                      .launch_cpu_ns = {}});
    for (std::uint32_t i = 0; i < launches; ++i) cells_.back().launch_cpu_ns[i] = median;
    return cells_.back();
  }

  std::deque<MeasuredCell> cells_;  // a deque, because its elements never move
  std::vector<SpeedComparison> comparisons_;
};

Cell cell_of(std::size_t size_bytes, Cpus cpus = Cpus::same, std::string mechanism = "tcp") {
  Cell cell = testing::make_cell(std::move(mechanism), size_bytes);
  cell.cpus = cpus;
  return cell;
}

constexpr Saying kSlower{.said = Order::more};

// Catches medians that are compared without their intervals, and touching intervals that count as disjoint.
TEST(SpeedComparison, NeedsIntervalsThatDoNotOverlap) {
  Pairs pairs;
  pairs.add(cell_of(64), 10, 13);
  pairs.add(cell_of(64), 13, 10);
  pairs.add(cell_of(64), 10, 12);     // [9, 11] and [11, 13]
  pairs.add(cell_of(64), 10, 50, 1);  // measured once
  EXPECT_EQ(pairs.all()[0].order(), Order::less);
  EXPECT_EQ(pairs.all()[1].order(), Order::more);
  EXPECT_EQ(pairs.all()[2].order(), Order::unclear);
  EXPECT_EQ(pairs.all()[3].order(), Order::unclear);
  EXPECT_DOUBLE_EQ(pairs.all()[0].ratio(), 10.0 / 13);
}

// With three launches each, the intervals lie apart in one direction with probability 1 / C(6, 3) = 1/20. One
// pair: none in 0.95 of all cases. 16 pairs: at most one in 0.95^16 (1 + 16/19) = 0.811, at most two in
// 0.957. Six launches: 1/924; 47 pairs: none in 0.950; 48 pairs: none in 0.9494.
TEST(ChanceAllowance, IsTheBinomialsQuantile) {
  EXPECT_EQ(chance_allowance({}), 0U);
  const auto of = [](std::size_t count, std::size_t launches) {
    Pairs pairs;
    for (std::size_t i = 0; i < count; ++i) pairs.add(cell_of(64), 10, 10, launches);
    return chance_allowance(pairs.all());
  };
  EXPECT_EQ(of(1, 3), 0U);
  EXPECT_EQ(of(16, 3), 2U);
  EXPECT_EQ(of(47, 6), 0U);
  EXPECT_EQ(of(48, 6), 1U);
}

TEST(Judge, ConfirmsWhatShowsInMostPairs) {
  Pairs pairs;
  pairs.add(cell_of(64), 20, 10);
  pairs.add(cell_of(4096), 20, 10);
  pairs.add(cell_of(65536), 10, 10);
  const Answer answer = judge(pairs.all(), kSlower);
  EXPECT_EQ(answer.verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(answer.finding, "slower in 2 of 3 pairs of cells, faster in 0, no clear difference in 1");
}

// Catches a reversed direction, and cells that are alike and yet refute or confirm.
TEST(Judge, TellsTheOppositeFromTheAbsence) {
  Pairs opposite;
  opposite.add(cell_of(64), 10, 20);
  EXPECT_EQ(judge(opposite.all(), kSlower).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge(opposite.all(), {.said = Order::less}).verdict, ClaimVerdict::confirmed);
  Pairs alike;
  alike.add(cell_of(64), 10, 10);
  EXPECT_EQ(judge(alike.all(), kSlower).verdict, ClaimVerdict::no_difference);
}

// Two of 40 pairs are beyond chance with six launches each (one in 0.999 of all cases), and yet one in
// twenty. Catches "depends" where 19 of 20 pairs show nothing.
TEST(Judge, SeesNoDifferenceInOneOfTwenty) {
  Pairs pairs;
  for (std::size_t i = 0; i < 38; ++i) pairs.add(cell_of(64 + i), 10, 10);
  pairs.add(cell_of(4096), 20, 10);
  pairs.add(cell_of(65536), 10, 20);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::no_difference);
  for (std::size_t i = 0; i < 3; ++i) pairs.add(cell_of(65537 + i), 20, 10);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::depends);
}

// Catches mixed-up groups, and sizes sorted by name.
TEST(Judge, TalliesByKindAndPlacementAndBySize) {
  Pairs pairs;
  pairs.add(cell_of(64), 20, 10);
  pairs.add(cell_of(4096), 20, 10);
  pairs.add(cell_of(65536), 10, 30);
  pairs.add(cell_of(64, Cpus::llc), 10, 10);
  const Answer answer = judge(pairs.all(), kSlower);
  EXPECT_EQ(answer.verdict, ClaimVerdict::depends);
  EXPECT_THAT(answer.finding, HasSubstr("; Sockets, cpus:same, time: 2 slower, 1 faster, 0 unclear; "
                                        "Sockets, cpus:llc, time: 0 slower, 0 faster, 1 unclear"))
      << answer.finding;
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("latency size:4096: 1 slower, 0 faster, 0 unclear")));
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("Furthest faster, 3 times: tcp/latency/size:65536/")));
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("10.0 ns [9.00 ns, 11.0 ns]")));
}

// A difference in one of three pairs neither confirms nor refutes.
TEST(Judge, DependsIfTheDifferenceIsTheException) {
  Pairs pairs;
  pairs.add(cell_of(64), 20, 10);
  pairs.add(cell_of(4096), 10, 10);
  pairs.add(cell_of(65536), 10, 10);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::depends);
}

// With three launches each, chance explains two of 16 pairs, but not four of 18 (at most three in 0.989 of
// all cases). Catches a verdict from noise.
TEST(Judge, DismissesWhatChanceMakes) {
  Pairs pairs;
  for (std::size_t i = 0; i < 14; ++i) pairs.add(cell_of(64 + i), 20, 10, 3);
  pairs.add(cell_of(4096), 10, 20, 3);
  pairs.add(cell_of(65536), 10, 20, 3);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::confirmed);
  pairs.add(cell_of(65537), 10, 20, 3);
  pairs.add(cell_of(65538), 10, 20, 3);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::depends);
}

TEST(Judge, LeavesUntestedWhatTooFewLaunchesMeasured) {
  EXPECT_EQ(judge({}, kSlower).verdict, ClaimVerdict::untested);
  Pairs once;
  once.add(cell_of(64), 20, 10, 1);
  for (int i = 0; i < 20; ++i) once.add(cell_of(64), 20, 10, 1);
  const Answer answer = judge(once.all(), kSlower);
  EXPECT_EQ(answer.verdict, ClaimVerdict::untested);
  EXPECT_THAT(answer.finding, HasSubstr("--repetitions 6")) << answer.finding;
}

}  // namespace
}  // namespace ipcbench
