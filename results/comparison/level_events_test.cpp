#include "results/comparison/level_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "results/comparison/outlying_hosts.hpp"
#include "results/comparison/trend_view.hpp"
#include "results/testing/made_samples.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::wobble;

// Cell `c` (families a, b and c of three) in session `s` takes level(c, s) microseconds.
template <class LevelOf>
History made_history(std::size_t sessions, const LevelOf& level) {
  History history;
  for (std::size_t s = 0; s < sessions; ++s) {
    history.sessions.push_back({.id = "s" + std::to_string(s),
                                .origin = {},
                                .started_utc = {},
                                .host = "m",
                                .host_name = "board",
                                .version = {},
                                .commit = s < 30 ? "old" : "new",
                                .facts = {}});
  }
  for (std::size_t c = 0; c < 9; ++c) {
    CellHistory& cell = history.cells.emplace_back();
    cell.family = c < 3 ? "a" : c < 6 ? "b" : "c";
    cell.name = cell.family + "/size:" + std::to_string(c);
    for (std::size_t s = 0; s < sessions; ++s) {
      const double ns = 1000 * level(c, s) * wobble(static_cast<std::uint32_t>(s * 7 + c * 131), 0.02);
      cell.points.push_back({.time_ns = ns, .low_ns = ns, .high_ns = ns, .log_sd = 0.01, .launches = 5});
    }
  }
  return history;
}

// Catches a change of a family that is told three times, and one of a cell that is told as its family's.
TEST(LevelEvents, AFamilysChangeIsOne) {
  const auto family = host_trend(
      made_history(45, [](std::size_t c, std::size_t s) { return c < 3 && s >= 30 ? 1.3 : 1; }), {});
  ASSERT_THAT(family.events, SizeIs(1));
  const LevelEvent& event = family.events[0];
  EXPECT_EQ(event.level, Level::family);
  EXPECT_EQ(event.name, "a");
  EXPECT_THAT(event.cells, ElementsAre("a/size:0", "a/size:1", "a/size:2"));
  EXPECT_THAT(event.differs, ElementsAre("commit: old -> new"));
  EXPECT_EQ(event.step.at, 30U);
  EXPECT_NEAR(event.step.ratio.estimate, 1.3, 0.02);
  EXPECT_LT(event.step.ratio.low, 1.3);
  EXPECT_GT(event.step.ratio.high, 1.3);
  EXPECT_TRUE(alarms(family));
}

TEST(LevelEvents, ACellsChangeIsItsOwn) {
  const auto cell = host_trend(
      made_history(45, [](std::size_t c, std::size_t s) { return c == 4 && s >= 40 ? 1.3 : 1; }), {});
  ASSERT_FALSE(cell.events.empty());
  EXPECT_EQ(cell.events[0].name, "b/size:4");
  EXPECT_THAT(cell.events[0].differs, IsEmpty());
}

// An id that depended on the number of sessions would be forgotten with the next report.
TEST(LevelEvents, KeepTheirIds) {
  const auto level = [](std::size_t c, std::size_t s) { return c == 4 && s >= 30 ? 1.3 : 1; };
  const auto sooner = host_trend(made_history(40, level), {});
  const auto later = host_trend(made_history(60, level), {});
  ASSERT_FALSE(sooner.events.empty());
  ASSERT_FALSE(later.events.empty());
  EXPECT_EQ(sooner.events[0].id, later.events[0].id);
  EXPECT_THAT(sooner.events[0].id, SizeIs(12));
  EXPECT_TRUE(is_same_change(later.history, "s30", "s33"));
  EXPECT_FALSE(is_same_change(later.history, "s30", "s34"));
  EXPECT_FALSE(is_same_change(later.history, "s30", "gone"));
}

// What was explained, what was taken back since, and what became faster alarm no more.
TEST(LevelEvents, AlarmOnlyWhileTheyLast) {
  const auto level = [](std::size_t c, std::size_t s) { return c == 4 && s >= 20 && s < 50 ? 1.3 : 1; };
  const auto fixed = host_trend(made_history(60, level), {});
  ASSERT_THAT(fixed.events, SizeIs(2));
  const LevelEvent& slowdown = fixed.events[is_slower(fixed.events[0].step) ? 0 : 1];
  EXPECT_FALSE(slowdown.is_last);
  EXPECT_EQ(slowdown.fixed_at, 50U);
  EXPECT_THAT(trend_text({{fixed}, {}}, false, 100), HasSubstr("taken back from s50 on"));
  EXPECT_THAT(trend_json({{fixed}, {}}), HasSubstr("\"fixed_by\": \"s50\""));
  EXPECT_FALSE(alarms(fixed));
  auto slow = host_trend(made_history(45, level), {});
  ASSERT_TRUE(alarms(slow));
  for (const LevelEvent& event : slow.events) slow.accepted[event.id] = "a new kernel";
  EXPECT_FALSE(alarms(slow));
  EXPECT_THAT(trend_text({{slow}, {}}, false, 100), HasSubstr("a new kernel"));
  EXPECT_THAT(trend_json({{slow}, {}}), HasSubstr("\"accepted\": \"a new kernel\""));
}

// A rise that went back long ago stays in the history. A change that takes back less than half fixes nothing.
TEST(LevelEvents, RememberWhatWasTakenBack) {
  const auto back = [](std::size_t c, std::size_t s) { return c == 4 && s >= 25 && s < 50 ? 1.2 : 1; };
  const auto fixed = host_trend(made_history(80, back), {});
  ASSERT_THAT(fixed.events, SizeIs(2));
  EXPECT_EQ(fixed.events[0].fixed_at + fixed.events[1].fixed_at, 50U);
  const auto partly = [](std::size_t c, std::size_t s) { return c != 4 || s < 25 ? 1 : s < 50 ? 1.5 : 1.4; };
  for (const LevelEvent& event : host_trend(made_history(80, partly), {}).events)
    EXPECT_EQ(event.fixed_at, 0U);
}

// The newest report alone, three times as slow; and one that is as far off as one before it.
TEST(LevelEvents, TheNewestReportAlarmsIfNoneWasAsFarOff) {
  const auto level = [](std::size_t c, std::size_t s) { return c == 1 && s == 39 ? 3.0 : 1; };
  EXPECT_TRUE(alarms(host_trend(made_history(40, level), {})));
  const auto again = [](std::size_t c, std::size_t s) { return c == 1 && (s == 39 || s == 10) ? 3.0 : 1; };
  EXPECT_FALSE(alarms(host_trend(made_history(40, again), {})));
}

// Eight hosts; one is slower in the family b, one in a single cell.
TEST(OutlyingHosts, AreNamedWithWhatIsOutlying) {
  std::vector<History> hosts;
  for (std::uint32_t h = 0; h < 8; ++h) {
    hosts.push_back(made_history(2, [h](std::size_t c, std::size_t) {
      const bool slow = (h == 3 && c >= 3 && c < 6) || (h == 5 && c == 0);
      return (slow ? 1.5 : 1) * wobble(h * 17 + static_cast<std::uint32_t>(c), 0.02);
    }));
    hosts.back().sessions.back().host_name = "host" + std::to_string(h);
  }
  std::vector<const History*> all;
  for (const History& host : hosts) all.push_back(&host);
  std::vector<std::string> found;
  for (const OutlyingHost& host : outlying_hosts(all, {})) found.push_back(host.host + " " + host.name);
  EXPECT_THAT(found, ::testing::Contains("host3 b"));
  EXPECT_THAT(found, ::testing::Contains("host5 a/size:0"));
  EXPECT_THAT(found, ::testing::Not(::testing::Contains(HasSubstr("host3 b/size"))));
  for (const std::string& each : found) EXPECT_TRUE(each.starts_with("host3") || each.starts_with("host5"));
  all.resize(5);
  EXPECT_THAT(outlying_hosts(all, {}), IsEmpty());
}

}  // namespace
}  // namespace ipcbench
