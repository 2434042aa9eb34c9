#include "bench/run/rounds.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "bench/run/benchmark_driver.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Counts = std::map<std::string, int>;

PlannedCell planned(const std::string& mechanism, std::size_t size_bytes) {
  PlannedCell cell;
  cell.cell.mechanism = mechanism;
  cell.cell.size_bytes = size_bytes;
  cell.name = cell_name(cell.cell);
  return cell;
}

// Launches that take their phases plus 10 ms, on their own clock, and succeed unless told otherwise.
class RoundsTest : public ::testing::Test {
 protected:
  RoundsTest() {
    initialise_benchmark_library({});
    options_.launches = 4;
    options_.phases = {milliseconds(10), milliseconds(80)};
    options_.seed = 1;
    options_.interrupted = &interrupted_;
    options_.elapsed = [this] { return now_; };
    options_.launch = [this](const Cell& cell, const LaunchOptions& launch) {
      return fake_launch(cell, launch);
    };
  }

  LaunchOutcome fake_launch(const Cell& cell, const LaunchOptions& launch) {
    now_ += launch.warm_up + launch.timed + overhead_;
    launched_.push_back(cell_name(cell));
    if (launched_.size() == interrupt_at_) interrupted_ = SIGINT;
    if (interrupted_ != 0) return Failure{Failure::Kind::interrupted, "interrupted"};
    const auto failure = failures_.find(cell.mechanism);
    if (failure != failures_.end()) return failure->second;
    return round_trips(cell_name(cell));
  }

  // Takes 1000 ns, or cycles through `times_ns_`. A time of 0 is a failure.
  LaunchOutcome round_trips(const std::string& name) {
    const auto& times_ns = times_ns_[name];
    const std::size_t launch = made_[name]++;
    const std::uint64_t ns = times_ns.empty() ? 1000 : times_ns[launch % times_ns.size()];
    if (ns == 0) return Failure{Failure::Kind::error, "broken"};
    Measurement measurement = testing::latency_row(testing::make_cell("pipe"), 0, ns).measurement;
    if (disturbed_(launched_.size())) measurement.disturbance = "producer waited";
    return measurement;
  }

  // One cell that never becomes precise, and time for more launches than it may get.
  void add_launches_to_first() {
    times_ns_[cells_[0].name] = {1000, 2000};
    options_.add_launches = true;
    options_.budget = std::chrono::seconds(100);
  }

  RoundsResult run() {
    Progress silent(Progress::Style::none, {});
    return run_rounds(cells_, options_, silent);
  }

  Counts launches() const {
    Counts counts;
    for (const std::string& name : launched_) ++counts[name];
    return counts;
  }

  std::vector<PlannedCell> cells_{planned("pipe", 1), planned("pipe", 2), planned("tcp", 1),
                                  planned("tcp", 2)};
  RoundsOptions options_;
  nanoseconds overhead_ = milliseconds(10);
  nanoseconds now_{};
  std::vector<std::string> launched_;
  std::map<std::string, Failure> failures_;
  std::map<std::string, std::vector<std::uint64_t>> times_ns_;
  std::map<std::string, std::size_t> made_;
  std::size_t interrupt_at_ = 0;
  std::function<bool(std::size_t)> disturbed_ = [](std::size_t) { return false; };  // by launch, from 1
  volatile std::sig_atomic_t interrupted_ = 0;
};

// Catches a round that leaves out a cell or runs one twice, and launches that are not numbered 0, 1, 2, ...
TEST_F(RoundsTest, EveryRoundRunsEveryCellOnce) {
  const RoundsResult result = run();
  const std::vector<Row> rows = testing::rows_of(result.cells);
  ASSERT_EQ(rows.size(), 16U);
  for (std::size_t round = 0; round < 4; ++round) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < 4; ++i) {
      const Row& row = rows[4 * round + i];
      seen.insert(cell_name(row.cell));
      EXPECT_EQ(row.launch, round);
    }
    EXPECT_EQ(seen.size(), 4U);
  }
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.note, "");
}

// The third launch is disturbed once, and the sixth, which is another one, twice. Catches a disturbed launch
// that counts, one that is not repeated at once, and repetitions without a bound: of 16 planned launches, two
// may be repeated.
TEST_F(RoundsTest, RepeatsDisturbedLaunches) {
  disturbed_ = [](std::size_t launch) { return launch == 3 || launch >= 6; };
  const RoundsResult result = run();
  EXPECT_EQ(result.repeated, 2U);
  EXPECT_EQ(launched_.size(), 18U);
  EXPECT_EQ(launched_[2], launched_[3]);
  EXPECT_EQ(launched_[5], launched_[6]);
  EXPECT_EQ(result.cells.launches(), 16U);
  EXPECT_TRUE(result.complete);
  const std::vector<Row> rows = testing::rows_of(result.cells);
  EXPECT_EQ(rows[2].measurement.disturbance, "");
  EXPECT_EQ(rows[4].measurement.disturbance, "producer waited");  // the bound was reached
}

// Catches a launch that is repeated for ever, and the choice of a better one: the last one stays.
TEST_F(RoundsTest, RepeatsOneLaunchTwiceAtMost) {
  options_.launches = 20;
  disturbed_ = [](std::size_t launch) { return launch >= 5 && launch <= 8; };
  const RoundsResult result = run();
  EXPECT_EQ(result.repeated, 3U);  // 5 by 6 and 7, then 8 by 9
  EXPECT_EQ(testing::rows_of(result.cells)[4].measurement.disturbance, "producer waited");
  EXPECT_EQ(launched_[4], launched_[6]);
  EXPECT_NE(launched_[6], launched_[7]);
}

// One cell is disturbed in every launch. Catches a cell that uses up the repetitions of all others.
TEST_F(RoundsTest, GivesUpOnACellThatStaysDisturbed) {
  options_.launches = 20;
  const std::string name = cells_[1].name;
  disturbed_ = [&](std::size_t) { return launched_.back() == name; };
  const RoundsResult result = run();
  EXPECT_EQ(result.repeated, 2U);
  EXPECT_EQ(launches()[name], 22);
}

// 16 launches of 100 ms fit into 1.65 s, and a repetition would not.
TEST_F(RoundsTest, RepeatsWithinTheBudget) {
  options_.budget = milliseconds(1650);
  disturbed_ = [](std::size_t launch) { return launch == 16; };
  const RoundsResult result = run();
  EXPECT_EQ(result.repeated, 0U);
  EXPECT_TRUE(result.complete);
}

// Catches the same order in every round, and an order that a seed does not reproduce.
TEST_F(RoundsTest, OrderFollowsTheSeed) {
  run();
  const std::vector<std::string> first = std::exchange(launched_, {});
  EXPECT_NE(std::vector(first.begin(), first.begin() + 4), std::vector(first.begin() + 4, first.begin() + 8));
  run();
  EXPECT_EQ(launched_, first);
}

// Rounds take 4 x 100 ms: two fit into a second, a third would end at 1.2 s.
TEST_F(RoundsTest, BudgetEndsBetweenRounds) {
  options_.budget = milliseconds(1000);
  const RoundsResult result = run();
  EXPECT_EQ(result.cells.launches(), 8U);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.note, "The time budget of 1.00 s ended after 2 of 4 launches per cell.");
  EXPECT_TRUE(result.left_out.empty());
}

// Catches a slow machine on which a mechanism has no result. Each launch takes ten times the budget, and both
// mechanisms still get one. The cells without a launch are named.
TEST_F(RoundsTest, NeverFewerMechanisms) {
  options_.budget = milliseconds(100);
  overhead_ = milliseconds(1000);
  const RoundsResult result = run();
  std::set<std::string> mechanisms;
  for (const ReportCell& each : result.cells) mechanisms.insert(each.cell.mechanism);
  EXPECT_EQ(mechanisms, (std::set<std::string>{"pipe", "tcp"}));
  EXPECT_EQ(result.cells.launches(), 2U);
  EXPECT_EQ(result.left_out.size(), 2U);
  EXPECT_FALSE(result.complete);
  EXPECT_TRUE(result.shortened);
  EXPECT_EQ(result.note, "The time budget of 100 ms ended after 0 of 4 launches per cell.");
}

// Catches a run that ends at the first failure, a failure without its reason, and a hung cell that uses up
// the time limit in every round.
TEST_F(RoundsTest, FailuresAreRecordedAndTheRunGoesOn) {
  failures_["tcp"] = {Failure::Kind::timed_out, "timed out"};
  failures_["pipe"] = {Failure::Kind::error, "broken"};
  cells_.push_back(planned("fifo", 1));
  const RoundsResult result = run();
  EXPECT_EQ(launches(), (Counts{{cells_[0].name, 4},
                                {cells_[1].name, 4},
                                {cells_[2].name, 1},
                                {cells_[3].name, 1},
                                {cells_[4].name, 4}}));
  EXPECT_EQ(result.cells.launches(), 4U);
  ASSERT_EQ(result.failed.size(), 10U);
  for (const Omission& failed : result.failed) {
    EXPECT_EQ(failed.reason, failed.cell.starts_with("tcp") ? "timed out" : "broken");
  }
}

// Catches launches after Ctrl-C, an interrupted launch that counts as a failure, and results that are lost.
TEST_F(RoundsTest, InterruptKeepsWhatIsThere) {
  interrupt_at_ = 6;
  const RoundsResult result = run();
  EXPECT_EQ(launched_.size(), 6U);
  EXPECT_EQ(result.cells.launches(), 5U);
  EXPECT_TRUE(result.failed.empty());
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.note, "Interrupted in round 2 of 4.");
}

// Catches endless added launches, launches added to cells that need none or in place of planned ones, and a
// run that is called incomplete because a median stayed uncertain.
TEST_F(RoundsTest, UncertainMediansGetMoreLaunches) {
  run();
  const std::vector<std::string> planned = std::exchange(launched_, {});
  made_.clear();
  add_launches_to_first();
  const RoundsResult result = run();
  EXPECT_EQ(launches(),
            (Counts{{cells_[0].name, 16}, {cells_[1].name, 4}, {cells_[2].name, 4}, {cells_[3].name, 4}}));
  EXPECT_EQ(std::vector(launched_.begin(), launched_.begin() + 16), planned);
  EXPECT_EQ(testing::rows_of(result.cells).back().launch, 15U);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.note, "");
  EXPECT_EQ(result.precision,
            (Precision{.target = 0.1, .most_launches = 16, .cells_extended = 1, .cells_imprecise = 1}));
}

// One launch of 2 us among launches of 1 us stays within the interval until there are nine: then the interval
// reaches from the second smallest to the second largest.
TEST_F(RoundsTest, LaunchesAreAddedUntilTheMedianIsPrecise) {
  add_launches_to_first();
  times_ns_[cells_[0].name] = {2000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000};
  const RoundsResult result = run();
  EXPECT_EQ(launches()[cells_[0].name], 9);
  EXPECT_EQ(result.precision,
            (Precision{.target = 0.1, .most_launches = 16, .cells_extended = 1, .cells_imprecise = 0}));
}

// Three launches give 75 % confidence, by their whole range: within a tenth is precise, 1200 is not.
TEST_F(RoundsTest, FewLaunchesAreJudgedByTheirRange) {
  options_.launches = 3;
  options_.add_launches = true;
  options_.budget = std::chrono::seconds(100);
  times_ns_[cells_[0].name] = {1000, 1056, 1096};
  times_ns_[cells_[1].name] = {1000, 1056, 1200};
  EXPECT_EQ(run().precision.value().cells_extended, 1U);
  EXPECT_EQ(launches()[cells_[0].name], 3);
  EXPECT_GT(launches()[cells_[1].name], 3);
}

// The second of the first size is far slower than the first: both stay uncertain, and only the first may be
// the best. Catches time that is given to cells which no answer depends on before those on which one does,
// and leaders that take all of it.
TEST_F(RoundsTest, LeadersGetMoreLaunchesFirst) {
  cells_ = {planned("pipe", 64), planned("tcp", 64)};
  add_launches_to_first();
  times_ns_[cells_[1].name] = {10'000, 20'000};
  run();
  const auto last_planned = launched_.begin() + 8;
  EXPECT_EQ(std::count(last_planned, last_planned + 4, cells_[0].name), 4);
  EXPECT_EQ(launches(), (Counts{{cells_[0].name, 16}, {cells_[1].name, 16}}));
  EXPECT_EQ(std::count(last_planned + 4, last_planned + 12, cells_[1].name), 4);
}

// The second is 4 % slower in every round, so that the summary tells it from the first, though both vary by a
// factor of two. Catches another rule than the summary's.
TEST_F(RoundsTest, WhoLeadsIsJudgedByRounds) {
  cells_ = {planned("pipe", 64), planned("tcp", 64)};
  add_launches_to_first();
  times_ns_[cells_[1].name] = {1040, 2080};
  run();
  EXPECT_EQ(std::count(launched_.begin() + 8, launched_.begin() + 12, cells_[0].name), 4);
}

// Catches time that is spent on sizes beside those of the summary, such as a byte beyond a page.
TEST_F(RoundsTest, LeadersHaveASizeThatIsReadFirst) {
  cells_ = {planned("pipe", 4097), planned("pipe", 4096)};
  add_launches_to_first();
  times_ns_[cells_[1].name] = {1000, 2000};
  run();
  EXPECT_EQ(std::count(launched_.begin() + 8, launched_.begin() + 12, cells_[1].name), 4);
}

// At sizes that no answer depends on: the first cell varies by an eighth, the second by a factor of ten,
// which no time makes precise. Catches time that is given to a hopeless cell while another could become
// precise, and time that is not used at all.
TEST_F(RoundsTest, WhatCanBecomePreciseComesBeforeWhatCannot) {
  cells_ = {planned("pipe", 1), planned("pipe", 2)};
  options_.launches = 9;
  add_launches_to_first();
  times_ns_[cells_[0].name] = {1000, 1000, 1000, 1000, 1000, 1120, 1120, 1120,
                               1120, 1000, 1000, 1000, 1000, 1000, 1000, 1000};
  times_ns_[cells_[1].name] = {1000, 10'000};
  run();
  const auto first = launches()[cells_[0].name];
  EXPECT_GT(first, 9);
  EXPECT_LT(first, 36);
  const auto last_planned = launched_.begin() + 18;
  EXPECT_EQ(std::count(last_planned, last_planned + (first - 9), cells_[0].name), first - 9);
  EXPECT_EQ(launches()[cells_[1].name], 36);
}

// Every other launch is slow, and its fixed work says why. Catches launches that are added because of
// launches which do not count.
TEST_F(RoundsTest, LaunchesThatDoNotCountAddNone) {
  options_.launches = 8;
  add_launches_to_first();
  const auto fake = options_.launch;
  options_.launch = [&](const Cell& cell, const LaunchOptions& launch) {
    LaunchOutcome outcome = fake(cell, launch);
    auto& measurement = std::get<Measurement>(outcome);
    const double work_ns = measurement.max_ns > 1500 ? 16'000 : 10'000;
    measurement.producer.cpu = measurement.consumer.cpu = 0;
    measurement.core = CoreWork{.before_ns = work_ns, .after_ns = work_ns};
    return outcome;
  };
  const RoundsResult result = run();
  EXPECT_EQ(launches()[cells_[0].name], 8);
  EXPECT_EQ(result.precision.value().cells_imprecise, 0U);
}

// The planned launches of 100 ms take 1.6 s, and four more fit into 2.05 s, for three cells. Catches a budget
// that is exceeded, and one that is left unused because a whole round does not fit.
TEST_F(RoundsTest, LaunchesAreAddedWithinTheBudget) {
  add_launches_to_first();
  times_ns_[cells_[1].name] = {1000, 2000};
  times_ns_[cells_[2].name] = {1000, 2000};
  options_.budget = milliseconds(2050);
  const RoundsResult result = run();
  EXPECT_EQ(result.cells.launches(), 20U);
  EXPECT_LE(now_, *options_.budget);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.precision,
            (Precision{.target = 0.1, .most_launches = 16, .cells_extended = 3, .cells_imprecise = 3}));
}

TEST_F(RoundsTest, NoLaunchesAreAddedUnlessAskedForAndWithinABudget) {
  add_launches_to_first();
  options_.add_launches = false;
  EXPECT_FALSE(run().precision);
  options_.add_launches = true;
  options_.budget.reset();
  EXPECT_FALSE(run().precision);
  EXPECT_EQ(launched_.size(), 32U);
}

// The fifth launch fails: catches a broken cell that fails twelve times more.
TEST_F(RoundsTest, ACellThatFailsGetsNoMore) {
  add_launches_to_first();
  times_ns_[cells_[0].name] = {1000, 2000, 1000, 2000, 0};
  const RoundsResult result = run();
  EXPECT_EQ(launches()[cells_[0].name], 5);
  EXPECT_EQ(result.failed.size(), 1U);
  EXPECT_EQ(result.precision.value().cells_extended, 0U);
  EXPECT_EQ(result.precision->cells_imprecise, 1U);
}

// Nine launches of four cells take 3.6 s: three of each are made, and eight more fit. Catches a run that
// stops there, one that spends the rest on some cells alone although no launch tells more than another, and
// one that is called incomplete.
TEST_F(RoundsTest, EachCellHasThreeLaunchesWhereThePlannedDoNotFit) {
  options_.launches = 9;
  options_.add_launches = true;
  options_.budget = milliseconds(2050);
  const RoundsResult result = run();
  EXPECT_EQ(launches(),
            (Counts{{cells_[0].name, 5}, {cells_[1].name, 5}, {cells_[2].name, 5}, {cells_[3].name, 5}}));
  EXPECT_LE(now_, *options_.budget);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.note, "");
}

// After three launches of each, seven more fit: the first cell leads, and six launches make it known with 95
// %; the second is slower and varies, so that it comes next, until six launches show it to be out of reach.
TEST_F(RoundsTest, WhatTellsMostComesFirstWhereThePlannedDoNotFit) {
  cells_ = {planned("pipe", 64), planned("tcp", 64), planned("fifo", 64)};
  options_.launches = 9;
  options_.add_launches = true;
  options_.budget = milliseconds(1650);
  times_ns_[cells_[1].name] = {10'000, 11'200, 10'000, 10'000, 10'000, 10'000, 10'000, 10'000, 10'000};
  times_ns_[cells_[2].name] = {10'000};
  run();
  ASSERT_EQ(launched_.size(), 16U);
  EXPECT_EQ(std::count(launched_.begin() + 9, launched_.begin() + 12, cells_[0].name), 3);
  EXPECT_EQ(std::count(launched_.begin() + 12, launched_.begin() + 15, cells_[1].name), 3);
}

// Two rounds take 0.8 s, and two launches more fit. Catches time that is left unused, and a run that is
// called complete with two launches of some cells.
TEST_F(RoundsTest, TimeIsSpentWhereTheFewestDoNotFit) {
  add_launches_to_first();
  options_.budget = milliseconds(1000);
  const RoundsResult result = run();
  EXPECT_EQ(result.cells.launches(), 10U);
  EXPECT_LE(now_, *options_.budget);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.precision,
            (Precision{.target = 0.1, .most_launches = 16, .cells_extended = 0, .cells_imprecise = 1}));
}

TEST_F(RoundsTest, InterruptWhileLaunchesAreAddedIsSaid) {
  add_launches_to_first();
  interrupt_at_ = 18;
  const RoundsResult result = run();
  EXPECT_EQ(launched_.size(), 18U);
  EXPECT_EQ(result.cells.launches(), 17U);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.note, "Interrupted after the planned launches, while more were added.");
}

}  // namespace
}  // namespace ipcbench
