#include "bench/run/counting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

PlannedCell planned(const char* mechanism) {
  PlannedCell cell{.cell = testing::make_cell(mechanism), .name = {}, .placement = {}};
  cell.name = cell_name(cell.cell);
  return cell;
}

// Three cells that were measured, and one that was not. Each counted launch has 500 messages and 1000 system
// calls at the producer.
class CountingTest : public ::testing::Test {
 protected:
  CountingTest() {
    for (const char* mechanism : {"fifo", "pipe", "tcp"}) {
      plan_.cells.push_back(planned(mechanism));
      report_.cells.add(testing::latency_row(plan_.cells.back().cell, 0, 3008));
    }
    plan_.cells.push_back(planned("udp"));
    options_.phases = {milliseconds(1), milliseconds(20)};
    options_.time_limit = milliseconds(500);
    options_.interrupted = &interrupted_;
    options_.elapsed = [] { return std::chrono::nanoseconds(0); };
    options_.launch_counted = [this](const Cell& cell, const LaunchOptions& launch) {
      return counted(cell, launch);
    };
  }

  LaunchOutcome counted(const Cell& cell, const LaunchOptions& launch) {
    EXPECT_TRUE(launch.counts);
    EXPECT_EQ(launch.timed, milliseconds(20));
    EXPECT_EQ(launch.time_limit, milliseconds(500));
    launched_.push_back(cell.mechanism);
    if (launched_.size() == interrupt_at_) interrupted_ = SIGINT;
    if (interrupted_ != 0) return Failure{Failure::Kind::interrupted, "interrupted"};
    if (cell.mechanism == failing_) return Failure{Failure::Kind::error, "broken"};
    Measurement measurement;
    measurement.messages = 500;
    if (cell.mechanism == mute_) return measurement;
    measurement.counts.emplace();
    measurement.counts->producer.system_calls = 1000;
    measurement.counts->missing = {{"cycles", "no such counter"}};
    return measurement;
  }

  void run() {
    Progress silent(Progress::Style::none, {});
    add_counts(report_, plan_, options_, silent);
  }

  std::vector<std::string> counted_cells() const {
    std::vector<std::string> names;
    for (const CellCounts& each : report_.counts.value().cells) {
      names.push_back(each.cell.substr(0, each.cell.find('/')));
    }
    return names;
  }

  Plan plan_;
  Report report_;
  RoundsOptions options_;
  std::vector<std::string> launched_;
  std::string failing_;
  std::string mute_;  // counts nothing
  std::size_t interrupt_at_ = 0;
  volatile std::sig_atomic_t interrupted_ = 0;
};

// Catches a cell that is left out or was never measured, a reason told once for each cell, and a counted
// launch among the timed ones.
TEST_F(CountingTest, CountsEachMeasuredCellOnce) {
  run();
  EXPECT_THAT(launched_, ElementsAre("fifo", "pipe", "tcp"));
  EXPECT_THAT(counted_cells(), ElementsAre("fifo", "pipe", "tcp"));
  EXPECT_EQ(report_.counts->cells[1].messages, 500U);
  EXPECT_EQ(report_.counts->cells[1].producer.system_calls, 1000U);
  EXPECT_EQ(report_.counts->cells[1].consumer.system_calls, std::nullopt);
  EXPECT_THAT(report_.counts->missing, ElementsAre(MissingCounter{"cycles", "no such counter"}));
  EXPECT_EQ(report_.cells.launches(), 3U);
  EXPECT_TRUE(report_.session.complete);
}

TEST_F(CountingTest, AFailureIsNamedAndTheOthersAreCounted) {
  failing_ = "pipe";
  run();
  EXPECT_THAT(counted_cells(), ElementsAre("fifo", "tcp"));
  ASSERT_EQ(report_.failed.size(), 1U);
  EXPECT_EQ(report_.failed[0].cell, plan_.cells[1].name);
  EXPECT_EQ(report_.failed[0].reason, "while it was counted: broken");
}

// Catches counts of nothing that look like those of a machine without counters.
TEST_F(CountingTest, ALaunchThatCountsNothingHasFailed) {
  mute_ = "tcp";
  run();
  EXPECT_THAT(counted_cells(), ElementsAre("fifo", "pipe"));
  ASSERT_EQ(report_.failed.size(), 1U);
  EXPECT_THAT(report_.failed[0].reason, HasSubstr("counted nothing"));
}

// Catches a run that looks complete, launches after the interruption, and the interruption as a failure.
TEST_F(CountingTest, AnInterruptionEndsIt) {
  interrupt_at_ = 2;
  run();
  EXPECT_THAT(launched_, ElementsAre("fifo", "pipe"));
  EXPECT_THAT(counted_cells(), ElementsAre("fifo"));
  EXPECT_TRUE(report_.failed.empty());
  EXPECT_FALSE(report_.session.complete);
  EXPECT_THAT(report_.session.note, HasSubstr("1 of 3 cells had been counted"));
}

// Catches an explanation that replaces the reason why the session is not complete.
TEST_F(CountingTest, NothingIsCountedAfterAnInterruption) {
  interrupted_ = SIGINT;
  report_.session.note = "Interrupted in round 1 of 3.";
  run();
  EXPECT_TRUE(launched_.empty());
  EXPECT_FALSE(report_.counts);
  EXPECT_EQ(report_.session.note, "Interrupted in round 1 of 3.");
}

}  // namespace
}  // namespace ipcbench
