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

// Pairs of cells, told apart if their medians differ.
class Pairs {
 public:
  void add(const Cell& cell, double left, double right, std::uint32_t launches = 6) {
    comparisons_.push_back({.quantity = Quantity::time,
                            .subject = &make(cell, left, launches),
                            .reference = &make(cell, right, launches),
                            .order = left < right   ? Order::less
                                     : left > right ? Order::more
                                                    : Order::unclear});
  }
  [[nodiscard]] const Comparisons& all() const { return comparisons_; }

 private:
  const Entrant& make(const Cell& cell, double median, std::uint32_t launches) {
    cells_.push_back(cell);
    entrants_.push_back(
        {.cell = &cells_.back(),
         .mechanism = {.name = cell.mechanism, .kind = MechanismKind::socket, .made_of = {}},
         .launches_ns = {},
         .ns = {.median = median, .low = median - 1, .high = median + 1, .confidence = 0.97}});
    for (std::uint32_t i = 0; i < launches; ++i) entrants_.back().launches_ns.push_back({i, median});
    return entrants_.back();
  }

  std::deque<Cell> cells_;  // deques, because their elements never move
  std::deque<Entrant> entrants_;
  Comparisons comparisons_;
};

Cell cell_of(std::size_t size_bytes, Cpus cpus = Cpus::same, std::string mechanism = "tcp") {
  Cell cell = testing::make_cell(std::move(mechanism), size_bytes);
  cell.cpus = cpus;
  return cell;
}

constexpr Saying kSlower{{Order::more, "slower"}, {Order::less, "faster"}};
constexpr Saying kFaster{kSlower.opposite, kSlower.said};

TEST(Judge, ConfirmsWhatShowsInMostPairs) {
  Pairs pairs;
  pairs.add(cell_of(64), 20, 10);
  pairs.add(cell_of(4096), 20, 10);
  pairs.add(cell_of(65536), 10, 10);
  const Answer answer = judge(pairs.all(), kSlower);
  EXPECT_EQ(answer.verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(answer.finding,
            "slower in 2 of 3 pairs of cells, faster in 0, no clear difference in 1; at most 2 times slower");
}

// Catches a reversed direction, and cells that are alike and yet refute or confirm.
TEST(Judge, TellsTheOppositeFromTheAbsence) {
  Pairs opposite;
  opposite.add(cell_of(64), 10, 20);
  EXPECT_EQ(judge(opposite.all(), kSlower).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge(opposite.all(), kFaster).verdict, ClaimVerdict::confirmed);
  Pairs alike;
  alike.add(cell_of(64), 10, 10);
  EXPECT_EQ(judge(alike.all(), kSlower).verdict, ClaimVerdict::no_difference);
}

// Two of 40 pairs are less than a tenth, five of 43 are more. Catches "depends" where 19 of 20 pairs show
// nothing.
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
  EXPECT_THAT(answer.finding, HasSubstr("; cpus:same: 2 slower, 1 faster, 0 unclear; "
                                        "cpus:llc: 0 slower, 0 faster, 1 unclear"))
      << answer.finding;
  EXPECT_THAT(answer.finding, HasSubstr("; at most 2 times slower; at most 3 times faster"))
      << answer.finding;
  EXPECT_THAT(answer.evidence,
              Contains(HasSubstr("Sockets, cpus:same, time: 2 slower, 1 faster, 0 unclear")));
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("latency size:4096: 1 slower, 0 faster, 0 unclear")));
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("Furthest faster, 3 times: tcp/latency/size:65536/")));
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("10.0 ns [9.00 ns, 11.0 ns]")));
}

// Catches a finding that tells cells apart by their placement where the size decides, or the reverse.
TEST(Judge, NamesWhatSeparatesTheOrders) {
  Pairs pairs;
  for (const std::size_t size : {64U, 4096U, 65536U}) {
    pairs.add(cell_of(size), 20, 10);
    pairs.add(cell_of(size, Cpus::llc), 10, 20);
  }
  const Answer answer = judge(pairs.all(), kSlower);
  EXPECT_THAT(answer.finding, HasSubstr("; cpus:same: 3 slower, 0 faster, 0 unclear; "
                                        "cpus:llc: 0 slower, 3 faster, 0 unclear"))
      << answer.finding;
  Pairs sizes;
  for (const Cpus cpus : {Cpus::same, Cpus::llc}) {
    sizes.add(cell_of(64, cpus), 20, 10);
    sizes.add(cell_of(4096, cpus), 20, 10);
    sizes.add(cell_of(65536, cpus), 10, 20);
  }
  EXPECT_THAT(judge(sizes.all(), kSlower).finding, HasSubstr("; up to 4 KiB: 4 slower, 0 faster, 0 unclear; "
                                                             "above 4 KiB: 0 slower, 2 faster, 0 unclear"));
}

// A difference in one of three pairs neither confirms nor refutes.
TEST(Judge, DependsIfTheDifferenceIsTheException) {
  Pairs pairs;
  pairs.add(cell_of(64), 20, 10);
  pairs.add(cell_of(4096), 10, 10);
  pairs.add(cell_of(65536), 10, 10);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::depends);
}

// Of 20 pairs that are told apart, one may be alike; of 19 none. Catches a verdict from noise.
TEST(Judge, DismissesWhatChanceMakes) {
  Pairs pairs;
  for (std::size_t i = 0; i < 18; ++i) pairs.add(cell_of(64 + i), 20, 10);
  pairs.add(cell_of(4096), 10, 20);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::depends);
  pairs.add(cell_of(128), 20, 10);
  EXPECT_EQ(judge(pairs.all(), kSlower).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge(pairs.all(), kFaster).verdict, ClaimVerdict::refuted);
}

TEST(Judge, LeavesUntestedWhatTooFewLaunchesMeasured) {
  Pairs once;
  for (int i = 0; i < 20; ++i) once.add(cell_of(64), 20, 10, 1);
  const Answer answer = judge(once.all(), kSlower);
  EXPECT_EQ(answer.verdict, ClaimVerdict::untested);
  EXPECT_THAT(answer.finding, HasSubstr("--repetitions 6")) << answer.finding;
}

}  // namespace
}  // namespace ipcbench
