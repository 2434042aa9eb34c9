#include "results/summary/rankings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using testing::latency_row;
using testing::make_cell;
using testing::throughput_row;

void add(Report& report, const Cell& cell, const std::vector<std::uint64_t>& round_trips_ns) {
  for (std::uint32_t i = 0; i < round_trips_ns.size(); ++i) {
    report.cells.add(latency_row(cell, i, round_trips_ns[i]));
  }
}

Cell with_setting(Cell cell) {
  cell.parameters = {{"ring_bytes", 4096}};
  return cell;
}

std::vector<std::string> names_in(const Ranking& ranking) {
  std::vector<std::string> names;
  for (const Ranked& each : ranking.order) {
    names.push_back(each.cell->cell.mechanism + (each.alike ? "" : " slower"));
  }
  return names;
}

// b is the fastest only with a setting; c cannot be told from it, though d's median lies between them; the
// floor takes no part. Catches a mechanism that is listed twice, and equals behind a slower one.
TEST(Rankings, HaveEachMechanismOnceAndEqualsFirst) {
  Report report = testing::sample_report();
  report.cells = {};
  add(report, make_cell("b"), {20'000, 20'100, 19'900, 20'000, 20'000});
  add(report, with_setting(make_cell("b")), {1000, 1010, 990, 1000, 1000});
  add(report, make_cell("c"), {900, 2500, 1700, 600, 2400});
  add(report, make_cell("d"), {1500, 1510, 1490, 1500, 1500});
  add(report, make_cell("null"), {50, 50, 50, 50, 50});
  const std::vector<CellSummary> summaries = summarise(report);
  const std::vector<Ranking> all = rankings(summaries);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(names_in(all[0]), ElementsAre("b", "c", "d slower"));
  EXPECT_NEAR(all[0].order[2].times, 1.5, 0.01);
}

// Catches a stream whose slowest is called the best, and sizes in one ranking.
TEST(Rankings, OfStreamsBeginWithTheMost) {
  Report report = testing::sample_report();
  report.cells = {};
  for (std::uint32_t i = 0; i < 5; ++i) {
    report.cells.add(throughput_row(make_cell("slow"), i, 400 + i));
    report.cells.add(throughput_row(make_cell("fast"), i, 100 + i));
    report.cells.add(throughput_row(make_cell("slow", 4096), i, 400 + i));
  }
  const std::vector<CellSummary> summaries = summarise(report);
  const std::vector<Ranking> all = rankings(summaries);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(names_in(all[0]), ElementsAre("fast", "slow slower"));
  EXPECT_NEAR(all[0].order[1].times, 4, 0.1);
}

Contestant contestant(const Cell& cell, std::vector<double> figures) {
  Contestant made{.cell = &cell, .floor = false, .figure = estimate_median(figures), .figures = {}};
  for (const double figure : figures)
    made.figures.push_back({static_cast<std::uint32_t>(made.figures.size()), figure});
  return made;
}

// The machine drifts by a fifth. The second is as often faster as slower; the third is slower by 5 % in each
// round, though its interval overlaps; the fourth is alone in its group. Catches rivals that are judged by
// their medians or their intervals, groups that are mixed up, and a floor that leads.
TEST(Leaders, AreTheBestAndWhatCannotBeToldFromIt) {
  const Cell near = make_cell("pipe", 64);
  Cell far = near;
  far.cpus = Cpus::llc;
  std::vector<Contestant> all{
      contestant(near, {100, 105, 110, 115, 120}), contestant(near, {101, 104, 111, 114, 121}),
      contestant(near, {105, 110.2, 115.5, 120.8, 126}), contestant(far, {900, 1000, 1100, 950, 1050}),
      contestant(far, {9, 10, 11, 9.5, 10.5})};
  all.back().floor = true;
  EXPECT_EQ(leaders(all), (std::vector<bool>{true, true, false, true, false}));
  EXPECT_TRUE(leaders({}).empty());
}

// Catches a stream whose slowest counts as the best.
TEST(Leaders, OfStreamsHaveTheMostMessages) {
  Cell stream = make_cell("pipe", 64);
  stream.pattern = Pattern::throughput;
  EXPECT_EQ(leaders({contestant(stream, {98, 100, 102}), contestant(stream, {198, 200, 202})}),
            (std::vector<bool>{false, true}));
}

}  // namespace
}  // namespace ipcbench
