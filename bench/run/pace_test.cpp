#include "bench/run/pace.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A clock that stands still until it is told to move.
class PaceTest : public ::testing::Test {
 protected:
  Pace pace(std::optional<nanoseconds> budget) {
    return {budget, {milliseconds(10), milliseconds(90)}, [this] { return now_; }};
  }
  // A round of launches, each of which takes its phases and this much more.
  void round(Pace& pace, int launches, nanoseconds overhead) {
    pace.begin_round(static_cast<std::size_t>(launches));
    for (int i = 0; i < launches; ++i) {
      const LaunchPhases phases = pace.next_launch();
      now_ += phases.warm_up + phases.timed + overhead;
    }
  }
  nanoseconds now_{};
};

// Catches a limit although there is no budget.
TEST_F(PaceTest, WithoutABudgetThereIsAlwaysTime) {
  Pace pace = this->pace(std::nullopt);
  round(pace, 10, std::chrono::hours(1));
  EXPECT_TRUE(pace.rounds_fit(1));
  EXPECT_FALSE(pace.out_of_time());
  EXPECT_FALSE(pace.shortened());
}

// Catches an estimate that does not come from the last round, and a round that begins but does not fit:
// rounds take 10 x (100 + 20) ms = 1.2 s, so 5 fit into 6 s, and no more into 7.1 s.
TEST_F(PaceTest, RoundsBeginAsLongAsTheyFit) {
  for (const milliseconds budget : {milliseconds(6000), milliseconds(7100)}) {
    now_ = nanoseconds::zero();
    Pace pace = this->pace(budget);
    while (pace.rounds_fit(1)) round(pace, 10, milliseconds(20));
    EXPECT_EQ(now_, milliseconds(6000));
    EXPECT_FALSE(pace.shortened());
  }
}

// Catches a slow machine overrunning: 100 launches would take 20 s with 100 ms of overhead each, but only 15
// s are left. So the phases shrink from 100 ms to about 50 ms, both by the same factor.
TEST_F(PaceTest, TheFirstRoundShrinksItsPhasesToFit) {
  Pace pace = this->pace(milliseconds(15'000));
  round(pace, 100, milliseconds(100));
  EXPECT_TRUE(pace.shortened());
  EXPECT_LE(now_, milliseconds(15'000));
  EXPECT_GE(now_, milliseconds(14'000));
  EXPECT_FALSE(pace.rounds_fit(1));
}

// Catches a start of a second (the first launch measures the floors and starts a launcher) that counts as
// each launch's overhead and shortens the next one: 10 x 120 ms and 1 s fit into 4 s.
TEST_F(PaceTest, ALongStartShortensNothing) {
  Pace pace = this->pace(milliseconds(4000));
  pace.begin_round(10);
  for (int i = 0; i < 10; ++i) {
    const LaunchPhases phases = pace.next_launch();
    now_ += phases.warm_up + phases.timed + milliseconds(i == 0 ? 1020 : 20);
  }
  EXPECT_FALSE(pace.shortened());
  EXPECT_EQ(now_, milliseconds(2200));
}

// Catches phases that shrink below a quarter.
TEST_F(PaceTest, PhasesNeverShrinkBelowAQuarter) {
  Pace pace = this->pace(milliseconds(1));
  pace.begin_round(100);
  const LaunchPhases phases = pace.next_launch();
  EXPECT_EQ(phases.warm_up, nanoseconds(2'500'000));
  EXPECT_EQ(phases.timed, nanoseconds(22'500'000));
}

// Catches later rounds whose launches are shorter than those in the report's other rows.
TEST_F(PaceTest, LaterRoundsAreNotShortened) {
  Pace pace = this->pace(milliseconds(5000));
  round(pace, 10, milliseconds(100));
  now_ = milliseconds(4900);
  pace.begin_round(10);
  EXPECT_EQ(pace.next_launch().timed, milliseconds(90));
  EXPECT_FALSE(pace.shortened());
}

// Ten launches of 100 ms remain, with 20 ms more that 10 launches took, of which all but the first count, and
// the usual 30 ms with the weight of ten: 100 + (9 x 20 + 10 x 30) / 19 ms each. Unless the budget ends
// before.
TEST_F(PaceTest, TimeLeftIsEstimatedFromWhatLaunchesTook) {
  Pace pace = this->pace(milliseconds(10'000));
  EXPECT_EQ(pace.time_until_done(10), milliseconds(1300));
  round(pace, 10, milliseconds(20));
  EXPECT_NEAR(static_cast<double>(pace.time_until_done(10).count()), 1.2526e9, 1e6);
  now_ = milliseconds(9999);
  EXPECT_EQ(pace.time_until_done(1000), milliseconds(1));
  now_ = milliseconds(20'000);
  EXPECT_EQ(pace.time_until_done(10), milliseconds(0));
  EXPECT_TRUE(pace.out_of_time());
}

}  // namespace
}  // namespace ipcbench
