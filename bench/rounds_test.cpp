#include "bench/rounds.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "bench/benchmark_driver.hpp"

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

// Launches that take their phases and 10 ms, on a clock of their own, and succeed unless told otherwise.
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
    return Measurement{};
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
  std::size_t interrupt_at_ = 0;
  volatile std::sig_atomic_t interrupted_ = 0;
};

// Catches a round that leaves out a cell or runs one twice, and launches that are not numbered 0, 1, 2, ...
TEST_F(RoundsTest, EveryRoundRunsEveryCellOnce) {
  const RoundsResult result = run();
  ASSERT_EQ(result.rows.size(), 16U);
  for (std::size_t round = 0; round < 4; ++round) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < 4; ++i) {
      const Row& row = result.rows[4 * round + i];
      seen.insert(cell_name(row.cell));
      EXPECT_EQ(row.launch, round);
    }
    EXPECT_EQ(seen.size(), 4U);
  }
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.note, "");
}

// Catches launches in one and the same order in every round, and an order that a seed does not repeat.
TEST_F(RoundsTest, OrderFollowsTheSeed) {
  run();
  const std::vector<std::string> first = std::exchange(launched_, {});
  EXPECT_NE(std::vector(first.begin(), first.begin() + 4), std::vector(first.begin() + 4, first.begin() + 8));
  run();
  EXPECT_EQ(launched_, first);
}

// Rounds of 4 x 100 ms: two fit into a second, a third would end at 1.2 s.
TEST_F(RoundsTest, BudgetEndsBetweenRounds) {
  options_.budget = milliseconds(1000);
  const RoundsResult result = run();
  EXPECT_EQ(result.rows.size(), 8U);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.note, "The time budget of 1.00 s ended after 2 of 4 launches per cell.");
  EXPECT_TRUE(result.left_out.empty());
}

// Catches a slow machine on which a mechanism would be missing altogether: each launch takes ten times the
// budget, and still either mechanism gets one. What there was no time for is named.
TEST_F(RoundsTest, NeverFewerMechanisms) {
  options_.budget = milliseconds(100);
  overhead_ = milliseconds(1000);
  const RoundsResult result = run();
  std::set<std::string> mechanisms;
  for (const Row& row : result.rows) mechanisms.insert(row.cell.mechanism);
  EXPECT_EQ(mechanisms, (std::set<std::string>{"pipe", "tcp"}));
  EXPECT_EQ(result.rows.size(), 2U);
  EXPECT_EQ(result.left_out.size(), 2U);
  EXPECT_FALSE(result.complete);
  EXPECT_TRUE(result.shortened);
  EXPECT_EQ(result.note, "The time budget of 100 ms ended after 0 of 4 launches per cell.");
}

// Catches a run that ends at the first failure, or a failure without its reason; and a hung cell that eats
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
  EXPECT_EQ(result.rows.size(), 4U);
  ASSERT_EQ(result.failed.size(), 10U);
  for (const Omission& failed : result.failed) {
    EXPECT_EQ(failed.reason, failed.cell.starts_with("tcp") ? "timed out" : "broken");
  }
}

// Catches launches after Ctrl-C, an interrupted launch that counts as a failure, and results lost with it.
TEST_F(RoundsTest, InterruptKeepsWhatIsThere) {
  interrupt_at_ = 6;
  const RoundsResult result = run();
  EXPECT_EQ(launched_.size(), 6U);
  EXPECT_EQ(result.rows.size(), 5U);
  EXPECT_TRUE(result.failed.empty());
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.note, "Interrupted in round 2 of 4.");
}

}  // namespace
}  // namespace ipcbench
