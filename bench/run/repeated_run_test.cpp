#include "bench/run/repeated_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

Report report_by(std::vector<std::string> arguments) {
  Report report;
  report.session.seed = 7;
  report.session.profile = "quick";
  report.session.planned_launches = 3;
  report.session.command = {"/usr/bin/ipcbench", "run"};
  for (std::string& each : arguments) report.session.command.push_back(std::move(each));
  for (const std::size_t size : {1U, 2U, 4U, 8U, 16U})
    report.cells.add(testing::latency_row(testing::make_cell("pipe", size), 0, 1000));
  return report;
}

// Catches settings of a profile in place of those that the run had, and a budget that outlives an exact
// number of launches.
TEST(RepeatedRun, HasTheSettingsOfTheReport) {
  Report report = report_by({"--time", "1ms"});  // not asked: the report itself says it
  report.session.settings = {.warm_up = milliseconds(3),
                             .timed = milliseconds(20),
                             .longest_timed = milliseconds(500),
                             .budget = seconds(9),
                             .adds_launches = true};
  const RoundsOptions rounds = repeated_run(report, std::nullopt).session.rounds;
  EXPECT_EQ(rounds.seed, 7U);
  EXPECT_EQ(rounds.launches, 3U);
  EXPECT_EQ(rounds.phases.warm_up, milliseconds(3));
  EXPECT_EQ(rounds.phases.timed, milliseconds(20));
  EXPECT_EQ(rounds.longest_timed, milliseconds(500));
  EXPECT_EQ(rounds.time_limit, milliseconds(10'023));
  EXPECT_EQ(rounds.budget, seconds(9));
  EXPECT_TRUE(rounds.add_launches);
  const RoundsOptions exact = repeated_run(report, 12).session.rounds;
  EXPECT_EQ(exact.launches, 12U);
  EXPECT_FALSE(exact.budget);
  EXPECT_FALSE(exact.add_launches);
}

// Catches an older report that is repeated with this program's defaults; an option of its command line that
// chooses cells must not be asked for again.
TEST(RepeatedRun, OfAnOlderReportFollowsItsCommandLine) {
  const Report report = report_by({"--profile=quick", "-m", "no_longer_there", "--repetitions", "4", "--time",
                                   "5ms", "--warm-up=2ms", "-o", "(path)", "--all"});
  const RoundsOptions rounds = repeated_run(report, std::nullopt).session.rounds;
  EXPECT_EQ(rounds.phases.timed, milliseconds(5));
  EXPECT_EQ(rounds.phases.warm_up, milliseconds(2));
  EXPECT_EQ(rounds.launches, 3U);
  EXPECT_FALSE(rounds.budget);
  EXPECT_EQ(rounds.seed, 7U);
  const RoundsOptions flagged =
      repeated_run(report_by({"--", "--benchmark_repetitions=3"}), std::nullopt).session.rounds;
  EXPECT_FALSE(flagged.budget);
}

// Catches phases that are made up where nobody knows them.
TEST(RepeatedRun, RefusesWhatNobodyKnows) {
  const auto refusal = [](const Report& report) -> std::string {
    try {
      repeated_run(report, std::nullopt);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal(report_by({"(path)"})), HasSubstr("does not understand its command line"));
  Report duet = report_by({});
  duet.session.command[1] = "duet";
  EXPECT_THAT(refusal(duet), HasSubstr("not one of `ipcbench run`"));
  duet.session.command.clear();
  EXPECT_THAT(refusal(duet), HasSubstr("--with NEW"));
}

// The report has the cells in the order of their first launches. Catches a second run with the same seed that
// makes them in another order.
TEST(RepeatedRun, DrawsTheSameOrderAgain) {
  const Report report = report_by({});
  const RepeatedRun run = repeated_run(report, 1);
  const std::vector<std::size_t> order = round_order(run.cells.size(), run.session.rounds.seed, 0);
  ASSERT_EQ(order.size(), 5U);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(run.cells[order[i]], report.cells[i].cell);
}

}  // namespace
}  // namespace ipcbench
