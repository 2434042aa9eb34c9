#include "bench/run/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace ipcbench {
namespace {

Cell cell_of(const char* mechanism, Cpus cpus) {
  Cell cell;
  cell.mechanism = mechanism;
  cell.cpus = cpus;
  return cell;
}

// Catches infeasible cells that are launched, or that vanish without a reason.
TEST(MakePlan, EveryCellIsPlannedOrSkippedWithAReason) {
  const std::vector<Placement> placements{{Cpus::same, 3, 3}, {Cpus::free, {}, {}}};
  const std::vector cells{cell_of("good", Cpus::same), cell_of("good", Cpus::node),
                          cell_of("bad", Cpus::free)};
  const Plan plan = make_plan(cells, placements, [](const Cell& cell) -> std::optional<std::string> {
    if (cell.mechanism == "bad") return "it is bad";
    return std::nullopt;
  });
  ASSERT_EQ(plan.cells.size(), 1U);
  EXPECT_EQ(plan.cells[0].name, cell_name(cells[0]));
  EXPECT_EQ(plan.cells[0].placement, placements[0]);
  ASSERT_EQ(plan.skipped.size(), 2U);
  EXPECT_EQ(plan.skipped[0].cell, cell_name(cells[1]));
  EXPECT_NE(plan.skipped[0].reason.find("(node)"), std::string::npos);
  EXPECT_EQ(plan.skipped[1].cell, cell_name(cells[2]));
  EXPECT_EQ(plan.skipped[1].reason, "it is bad");
}

// Catches a rate that the pacer cannot offer even to a mechanism that costs nothing: its lag would be taken
// for the mechanism's. The remedy has to pass itself.
TEST(WhyTooFast, RefusesWhatThePacerCannotOffer) {
  EXPECT_FALSE(why_too_fast({.per_second = 27'654'321}, 27'654'321.0));
  const auto reason = why_too_fast({.per_second = 27'654'322}, 27'654'321.0);
  ASSERT_TRUE(reason);
  EXPECT_NE(reason->find("can offer 27654321 messages a second here"), std::string::npos) << *reason;
  EXPECT_NE(reason->find("such as 27000000"), std::string::npos) << *reason;
  EXPECT_FALSE(why_too_fast({.per_second = 27'000'000}, 27'654'321.0));
}

// Catches a cell that is launched at such a rate. No CPU reads its clock a hundred billion times a second.
TEST(MakePlan, SkipsRatesThatThePacerCannotOffer) {
  const std::vector<Placement> placements{{Cpus::free, {}, {}}};
  std::vector cells{cell_of("pipe", Cpus::free), cell_of("pipe", Cpus::free)};
  for (Cell& cell : cells) cell.pattern = Pattern::paced;
  cells[0].load.per_second = 100'000'000'000;
  cells[1].load.per_second = 1'000;
  const Plan plan = make_plan(cells, placements);
  ASSERT_EQ(plan.skipped.size(), 1U);
  EXPECT_EQ(plan.skipped[0].cell, cell_name(cells[0]));
  EXPECT_NE(plan.skipped[0].reason.find("give a lower --rate"), std::string::npos);
}

// Catches an order that loses or repeats a cell.
TEST(RoundOrder, IsAPermutation) {
  for (const std::size_t count : {0U, 1U, 2U, 100U}) {
    std::vector<std::size_t> order = round_order(count, 7, 0);
    std::ranges::sort(order);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(order[i], i);
    EXPECT_EQ(order.size(), count);
  }
}

// Catches an order that the seed does not reproduce, or that ignores the round or half of the seed.
TEST(RoundOrder, DependsOnSeedAndRoundAlone) {
  const auto order = round_order(100, 7, 0);
  EXPECT_EQ(order, round_order(100, 7, 0));
  EXPECT_NE(order, round_order(100, 8, 0));
  EXPECT_NE(order, round_order(100, 7 + (std::uint64_t{1} << 32), 0));
  EXPECT_NE(order, round_order(100, 7, 1));
}

// Catches a biased shuffle: in 6000 rounds each of the six orders of three cells has to turn up about 1000
// times. A fixed seed fixes the counts too; 5 standard deviations are 145.
TEST(RoundOrder, FavoursNoOrder) {
  std::map<std::vector<std::size_t>, int> seen;
  for (std::uint32_t round = 0; round < 6000; ++round) ++seen[round_order(3, 42, round)];
  ASSERT_EQ(seen.size(), 6U);
  for (const auto& [order, times] : seen) EXPECT_NEAR(times, 1000, 145);
}

}  // namespace
}  // namespace ipcbench
