#include "results/comparison/trend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ::testing::IsEmpty;
using testing::made_cell;
using testing::made_report;
using testing::wobble;

// Session i takes `level(i)` times as long; two sizes of pipe and one of fifo.
std::vector<SampledReport> sessions_of(std::uint32_t count,
                                       const std::function<double(std::uint32_t)>& level) {
  std::vector<SampledReport> sessions;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto times = [&](double ns) {
      return [=, &level](std::uint32_t launch) { return ns * level(i) * wobble(launch + 7 * i, 0.01); };
    };
    sessions.push_back(made_report(std::to_string(i), {made_cell("pipe", 64, 0, 5, times(1000)),
                                                       made_cell("pipe", 4096, 0, 5, times(4000)),
                                                       made_cell("fifo", 64, 0, 5, times(900))}));
  }
  return sessions;
}

std::vector<Trend> trends_of(const std::vector<SampledReport>& sessions) {
  return trends(history_of(sessions), {});
}

const Trend& named(const std::vector<Trend>& all, Level level, const std::string& start) {
  for (const Trend& trend : all) {
    if (trend.level == level && trend.name.starts_with(start)) return trend;
  }
  throw std::out_of_range(start);
}

// Thirty sessions, 20 % slower from the 19th on. Catches a change point that is off by one, a ratio of the
// wrong way round, and a correction that takes everything away.
TEST(Trends, FindTheSessionOfAStep) {
  const auto all = trends_of(sessions_of(30, [](std::uint32_t i) { return i < 18 ? 1 : 1.2; }));
  for (const Level level : {Level::family, Level::cell}) {
    const Trend& pipe = named(all, level, "pipe");
    EXPECT_EQ(pipe.last.verdict, Verdict::regressed) << name_of(level);
    EXPECT_EQ(pipe.last.at, 18U);
    EXPECT_NEAR(pipe.last.ratio.estimate, 1.2, 0.02);
    EXPECT_LT(pipe.last.p_adjusted, 0.01);
  }
}

TEST(Trends, SayFasterToo) {
  const auto all = trends_of(sessions_of(30, [](std::uint32_t i) { return i < 10 ? 1 : 0.8; }));
  EXPECT_EQ(named(all, Level::cell, "fifo").last.verdict, Verdict::improved);
}

// A step of 3 % is certain here, and certainly less than the smallest effect, so that it never fails.
TEST(Trends, FailNeitherASmallNorAnUncertainStep) {
  const auto small = trends_of(sessions_of(30, [](std::uint32_t i) { return i < 15 ? 1 : 1.03; }));
  EXPECT_EQ(named(small, Level::cell, "pipe").last.verdict, Verdict::slower);
  const auto few = trends_of(sessions_of(8, [](std::uint32_t i) { return i < 4 ? 1 : 2; }));
  EXPECT_EQ(named(few, Level::cell, "pipe").last.verdict, Verdict::inconclusive);
  EXPECT_EQ(named(few, Level::cell, "pipe").last.at, 4U);
}

// The family of one cell is that cell; the geometric mean of 1000 and 4000 ns is 2000.
TEST(Trends, AFamilyIsTheGeometricMeanOfItsCells) {
  const auto all = trends_of(sessions_of(3, [](std::uint32_t) { return 1; }));
  EXPECT_NEAR(named(all, Level::family, "pipe").points[1].time_ns, 2000, 30);
  EXPECT_THROW(static_cast<void>(named(all, Level::family, "fifo")), std::out_of_range);
}

TEST(Trends, NeedThreeSessions) {
  EXPECT_THAT(trends_of(sessions_of(2, [](std::uint32_t) { return 1; })), IsEmpty());
}

// Catches a missing session that shifts those after it.
TEST(Trends, ASessionWithoutTheCellIsAGap) {
  auto sessions = sessions_of(5, [](std::uint32_t i) { return i + 1; });
  sessions[1].cells.pop_back();  // fifo
  const auto all = trends_of(sessions);
  const Trend& fifo = named(all, Level::cell, "fifo");
  EXPECT_TRUE(std::isnan(fifo.points[1].time_ns));
  EXPECT_NEAR(fifo.points[2].time_ns, 2700, 60);
  const auto json = nlohmann::json::parse(trends_json(all));
  const auto written = std::ranges::find_if(
      json, [&](const auto& trend) { return trend["level"] == "cell" && trend["name"] == fifo.name; });
  ASSERT_NE(written, json.end());
  EXPECT_TRUE((*written)["time_ns"][1].is_null());
}

}  // namespace
}  // namespace ipcbench
