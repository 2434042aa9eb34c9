#include "bench/run/paced_phase.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

Cell paced_at(std::uint64_t per_second) {
  Cell cell;
  cell.mechanism = "pipe";
  cell.pattern = Pattern::paced;
  cell.load.per_second = per_second;
  return cell;
}

std::vector<PlannedCell> planned(const std::vector<Cell>& cells) {
  std::vector<PlannedCell> all;
  for (const Cell& cell : cells) all.push_back({cell, cell_name(cell), {}});
  return all;
}

RoundsOptions options_with(std::optional<nanoseconds> budget, std::optional<nanoseconds> longest) {
  RoundsOptions options;
  options.launches = 6;
  options.phases = {milliseconds(3), milliseconds(20)};
  options.budget = budget;
  options.longest_timed = longest;
  return options;
}

// Catches phases of a handful of messages (20 ms at 200 a second are four), longer phases where the usual one
// has enough, and a phase beyond its bound.
TEST(PacedPhase, HoldsAThousandMessagesIfThereIsTime) {
  const RoundsOptions options = options_with(std::nullopt, seconds(5));
  EXPECT_EQ(phases_for(paced_at(1000), options).timed, nanoseconds(1'000'000'001));
  EXPECT_EQ(phases_for(paced_at(1000), options).warm_up, milliseconds(3));
  EXPECT_EQ(phases_for(paced_at(100'000), options).timed, milliseconds(20));
  EXPECT_EQ(phases_for(paced_at(100), options).timed, seconds(5));
  Cell random = paced_at(1000);
  random.load.arrivals = Arrivals::poisson;
  EXPECT_EQ(phases_for(random, options).timed, nanoseconds(1'128'000'001));
}

// Catches a phase with a thousand messages of all streams and a handful of the slowest, and a long one where
// only the median is wanted.
TEST(PacedPhase, OfAMixHoldsAThousandMessagesOfItsSlowestStream) {
  RoundsOptions options = options_with(std::nullopt, seconds(20));
  Cell cell = paced_at(0);
  cell.load = load_of(parse_mix("4096@100+128@50000"), Arrivals::constant);
  EXPECT_EQ(phases_for(cell, options).timed, nanoseconds(10'000'000'001));
  options.longest_timed = seconds(1);
  const auto doubts = short_phase_doubts(planned({cell}), options);
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].what, HasSubstr("100 messages are due in a timed phase of 1.00 s"));
  EXPECT_THAT(doubts[0].advice, HasSubstr("or each stream a rate of 1000 or more"));
  options.brief = {cell_name(cell)};
  EXPECT_EQ(phases_for(cell, options).timed, milliseconds(20));
  EXPECT_TRUE(short_phase_doubts(planned({cell}), options).empty());
}

// Catches longer phases of cells whose rate is not known beforehand, of other patterns, and where the user
// gave the phase.
TEST(PacedPhase, IsTheUsualOneOtherwise) {
  const RoundsOptions options = options_with(std::nullopt, seconds(5));
  Cell share = paced_at(0);
  share.load.percent = 50;
  EXPECT_EQ(phases_for(share, options).timed, milliseconds(20));
  EXPECT_EQ(phases_for(Cell{}, options).timed, milliseconds(20));
  EXPECT_EQ(phases_for(paced_at(100), options_with(std::nullopt, std::nullopt)).timed, milliseconds(20));
}

// 10 cells with 6 launches each in 60 s: 1 s for each, of which 3 ms are the warm-up.
TEST(PacedPhase, IsBoundedByTheLaunchsShareOfTheBudget) {
  EXPECT_EQ(longest_timed(options_with(seconds(60), {}), 10), milliseconds(997));
  EXPECT_EQ(longest_timed(options_with(seconds(1), {}), 10), milliseconds(20));
  EXPECT_EQ(longest_timed(options_with(std::nullopt, {}), 10), seconds(6));
}

// At 100 a second, 1 s has 100 messages. A launch that sends 1,000 takes 10.003 s, and 12 launches take
// 120.04 s. Catches a phase that is silently too short, and advice that does not help.
TEST(PacedPhase, ThatIsTooShortIsSaidBeforehand) {
  const auto cells = planned({paced_at(100), paced_at(2000)});
  const auto doubts = short_phase_doubts(cells, options_with(seconds(12), seconds(1)));
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].what, AllOf(HasSubstr(cells[0].name), HasSubstr("100 messages are due")));
  EXPECT_EQ(doubts[0].advice, "Give --budget 130s, or --rate 1000 or more, or select fewer cells.");
  const auto given = short_phase_doubts(cells, options_with(seconds(12), {}));
  ASSERT_EQ(given.size(), 2U);
  EXPECT_THAT(given[1].what, HasSubstr("40 messages are due"));
  EXPECT_EQ(given[0].advice, "Give --time 11s, or --rate 50000 or more.");
  EXPECT_TRUE(short_phase_doubts(planned({Cell{}}), options_with({}, {})).empty());
}

Cell after_pauses(std::uint64_t idle_ns) {
  Cell cell;
  cell.mechanism = "pipe";
  cell.idle_ns = idle_ns;
  return cell;
}

// Catches a launch of two messages (20 ms at pauses of 10 ms), one that takes a long time all the same where
// that is short, and one that has less than the least because of the budget.
TEST(PacedPhase, AfterPausesHoldsAHundredMessagesIfThereIsTime) {
  const RoundsOptions options = options_with(std::nullopt, seconds(5));
  EXPECT_EQ(phases_for(after_pauses(10'000'000), options).timed, seconds(1));
  EXPECT_EQ(phases_for(after_pauses(100'000), options).timed, milliseconds(20));
  EXPECT_EQ(phases_for(after_pauses(100'000'000), options).timed, seconds(5));
  EXPECT_EQ(phases_for(after_pauses(1'000'000'000), options).timed, seconds(20));
  EXPECT_TRUE(short_phase_doubts(planned({after_pauses(1'000'000'000)}), options).empty());
}

// 20 ms were given: two pauses of 10 ms.
TEST(PacedPhase, AfterPausesThatHoldsFewSamplesIsSaidBeforehand) {
  const auto cells = planned({after_pauses(100'000), after_pauses(10'000'000)});
  const auto doubts = short_phase_doubts(cells, options_with(seconds(12), {}));
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_THAT(doubts[0].what, AllOf(HasSubstr(cells[1].name), HasSubstr("few samples, 2 pauses")));
  EXPECT_EQ(doubts[0].advice, "Give --time 0.2s, or a shorter --idle.");
}

// Catches a launch that is killed as hung because its phase is longer than the others'.
TEST(PacedPhase, ExtendsTheTimeLimitOfItsLaunch) {
  RoundsOptions options = options_with(std::nullopt, seconds(5));
  options.time_limit = seconds(10);
  LaunchOptions seen;
  options.launch = [&](const Cell&, const LaunchOptions& launch) {
    seen = launch;
    return Failure{};
  };
  const auto cells = planned({paced_at(200)});
  static_cast<void>(options.launch_once(cells[0], phases_for(cells[0].cell, options)));
  EXPECT_EQ(seen.timed, nanoseconds(5'000'000'000));
  EXPECT_EQ(seen.time_limit, seconds(15) - milliseconds(20));
}

}  // namespace
}  // namespace ipcbench
