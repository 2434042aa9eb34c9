#include "results/summary/standings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::latency_row;
using testing::make_cell;

Row with_set_up(Row row, std::uint64_t ns) {
  row.measurement.set_up =
      SetUpTimes{.create_ns = ns, .connect_ns = 2 * ns, .first_message_ns = 3 * ns, .tear_down_ns = 10 * ns};
  return row;
}

// "even" is twice as slow as the best at both sizes; "odd" is the best at one and eight times as slow at the
// other; "small" cannot carry the larger size.
Report made() {
  Report report = testing::sample_report();
  report.cells = {};
  report.guarantees.clear();
  for (std::uint32_t i = 0; i < 3; ++i) {
    report.cells.add(with_set_up(latency_row(make_cell("even"), i, 2000), 1000 + i));
    report.cells.add(latency_row(make_cell("even", 4096), i, 2000));
    report.cells.add(latency_row(make_cell("odd"), i, 1000));
    report.cells.add(latency_row(make_cell("odd", 4096), i, 8000));
    report.cells.add(latency_row(make_cell("best", 4096), i, 1000));
    report.cells.add(latency_row(make_cell("null"), i, 10));
    report.cells.add(latency_row(make_cell("even", 100), i, 10));
    report.cells.add(testing::throughput_row(make_cell("even"), i, 10));
  }
  return report;
}

std::vector<std::string> names_of(const Standings& standings) {
  std::vector<std::string> names;
  for (const StandingRow& each : standings.order) names.push_back(each.label);
  return names;
}

// Catches floors, other patterns and other sizes in the table, and a mean that one size decides.
TEST(Standings, GoByTheGeometricMeanOverTheSizes) {
  const Report report = made();
  const auto summaries = summarise(report);
  const auto all = standings(report, summaries);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(names_of(all[0]), ElementsAre("even", "odd", "best"));
  EXPECT_NEAR(all[0].order[0].times, 2, 0.02);
  EXPECT_NEAR(all[0].order[1].times, std::sqrt(8.0), 0.05);
  EXPECT_NEAR(all[0].order[2].times, 1, 0.01);
  EXPECT_EQ(all[0].order[2].sizes, 1U);
  EXPECT_EQ(all[0].order[2].at[0], nullptr);
}

// Catches ways of waiting in one table.
TEST(Standings, HaveATableForEachWayOfWaiting) {
  Report report = made();
  Cell spinning = make_cell("even");
  spinning.wait = Wait::spin;
  report.cells.add(latency_row(spinning, 0, 100));
  const auto summaries = summarise(report);
  const auto all = standings(report, summaries);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NE(title_of(all[0]), title_of(all[1]));
}

// Catches a part that is left out of the sum, and a median of another part.
TEST(Standings, SumWhatItTakesToBeReady) {
  const Report report = made();
  const auto summaries = summarise(report);
  const auto all = standings(report, summaries);
  const StandingRow& even = all[0].order[0];
  ASSERT_TRUE(even.set_up);
  EXPECT_DOUBLE_EQ(even.set_up->ready_ns, 6 * 1001.0);
  EXPECT_DOUBLE_EQ(even.set_up->tear_down_ns, 10'010.0);
  EXPECT_FALSE(all[0].order[1].set_up);
}

// Catches an answer that was not found, and one that says the opposite.
TEST(Standings, NameTheGuarantees) {
  Report report = made();
  report.guarantees["even"] = {{Guarantee::duplex, {GuaranteeAnswer::State::found, "yes"}},
                               {Guarantee::boundaries, {GuaranteeAnswer::State::by_design, "yes"}},
                               {Guarantee::unrelated, {GuaranteeAnswer::State::found, "inherit"}},
                               {Guarantee::priorities, {GuaranteeAnswer::State::not_tried, "yes"}},
                               {Guarantee::reliable, {GuaranteeAnswer::State::found, "no"}}};
  const auto summaries = summarise(report);
  EXPECT_EQ(standings(report, summaries)[0].order[0].guarantees, "both ways, whole messages, may lose");
}

TEST(Standings, AreTextAndMarkdown) {
  const Report report = made();
  EXPECT_THAT(standings_text(report, 100), HasSubstr("times best"));
  const std::string markdown = standings_markdown(report);
  EXPECT_THAT(markdown, HasSubstr("| mechanism | times best | 64 B (CPUs) |"));
  EXPECT_THAT(markdown, HasSubstr("\n| odd | 2.8 | "));
}

// Catches a name that opens a column of its own.
TEST(Standings, OfHostileNamesStayTables) {
  Report report = made();
  report.cells.add(latency_row(make_cell("a|b"), 0, 500));
  EXPECT_THAT(standings_markdown(report), HasSubstr("\n| a\\|b | "));
}

}  // namespace
}  // namespace ipcbench
