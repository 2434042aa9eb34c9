// Lies planted in a launch: what did not happen as it was asked for must not become a number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/planted_deeds.hpp"

namespace ipcbench {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using Kind = Failure::Kind;

constexpr std::uint64_t kVerified = 10;
constexpr std::uint64_t kTimed = 72;

LaunchOptions options(std::chrono::milliseconds time_limit = std::chrono::seconds(30)) {
  return {.placement = {}, .warm_up = {}, .timed = std::chrono::milliseconds(50), .time_limit = time_limit};
}

struct Lie {
  const char* name;
  PlannedDeed plan;
  Pattern pattern;
  Kind kind;
  const char* reason;
};
void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

PlannedDeed sender(Deed deed, std::uint64_t at_message) { return {.deed = deed, .at_message = at_message}; }
PlannedDeed receiver(Deed deed, std::uint64_t at_message) {
  return {.deed = deed, .at_message = at_message, .by_receiver = true};
}

// In the verified pass every message is known; in the timed phase all have one content, but the last one.
const std::vector<Lie> kLies{
    {"RepeatedVerified", sender(Deed::repeat, kVerified), Pattern::throughput, Kind::check_failed,
     "arrived where message"},
    {"SwappedVerified", sender(Deed::swap, kVerified), Pattern::throughput, Kind::check_failed,
     "arrived where message"},
    {"LostVerified", sender(Deed::lose, kVerified), Pattern::throughput, Kind::check_failed,
     "arrived where message"},
    {"AlteredVerified", sender(Deed::alter, kVerified), Pattern::latency, Kind::check_failed, "is corrupted"},
    {"GarbledVerified", sender(Deed::garble, kVerified), Pattern::latency, Kind::check_failed,
     "is corrupted"},
    {"ShortVerified", sender(Deed::shorten, kVerified), Pattern::latency, Kind::error, "63 bytes"},
    {"LongVerified", sender(Deed::lengthen, kVerified), Pattern::latency, Kind::error, "65 bytes"},
    {"ShortTimed", sender(Deed::shorten, kTimed), Pattern::throughput, Kind::error, "63 bytes"},
    {"LongTimed", sender(Deed::lengthen, kTimed), Pattern::throughput, Kind::error, "65 bytes"},
    {"OldSentVerified", sender(Deed::send_old, kVerified), Pattern::latency, Kind::check_failed,
     "arrived where"},
    {"UnreadVerified", receiver(Deed::not_read, kVerified), Pattern::latency, Kind::check_failed,
     "arrived where"},
    {"UnreadFromTheWarmUp", receiver(Deed::not_read, 65), Pattern::latency, Kind::check_failed, ""},
    {"OldSentTimed", sender(Deed::send_old, kTimed), Pattern::latency, Kind::check_failed, "sent before it"},
    {"OldSentTimedStreaming", sender(Deed::send_old, kTimed), Pattern::throughput, Kind::check_failed,
     "sent before it"},
    {"UnreadTimed", receiver(Deed::not_read, kTimed), Pattern::latency, Kind::check_failed, "sent before it"},
    {"UnreadTimedStreaming", receiver(Deed::not_read, kTimed), Pattern::throughput, Kind::check_failed,
     "sent before it"},
    {"UnreadTimedPaced", receiver(Deed::not_read, kTimed), Pattern::paced, Kind::check_failed,
     "sent before it"},
    {"UnreadTimedOneway", receiver(Deed::not_read, kTimed), Pattern::oneway, Kind::check_failed,
     "sent before it"},
    {"UnreadTimedFanin", receiver(Deed::not_read, 2 * 64 + 20), Pattern::fanin, Kind::check_failed,
     "sent before it"},
    {"RepeatedTimedStreaming", sender(Deed::repeat, kTimed), Pattern::throughput, Kind::check_failed,
     "arrived twice"},
    {"RepeatedTimed", sender(Deed::repeat, kTimed), Pattern::latency, Kind::check_failed, ""},
    {"RepeatedTimedOneway", sender(Deed::repeat, kTimed), Pattern::oneway, Kind::check_failed, ""},
};

class NeverLies : public testing::TestWithParam<Lie> {};

// Catches each lie becoming a measurement.
TEST_P(NeverLies, APlantedLieFailsTheLaunch) {
  const Lie& lie = GetParam();
  const Failure failure = failed(planted_cell(lie.plan, lie.pattern, Peers::fork), options());
  EXPECT_EQ(failure.kind, lie.kind) << failure.reason;
  EXPECT_THAT(failure.reason, HasSubstr(lie.reason));
}

INSTANTIATE_TEST_SUITE_P(Planted, NeverLies, testing::ValuesIn(kLies),
                         [](const auto& each) { return std::string(each.param.name); });

// Without a deed, the planted mechanism is measured: the tests above fail for what they say.
TEST(NeverLiesTest, TheHonestMechanismIsMeasured) {
  for (const auto& pattern : kAxis<Pattern>) {
    for (const auto& peers : kAxis<Peers>) {
      EXPECT_GT(measured(planted_cell({}, pattern.value, peers.value), options()).messages, 0U);
    }
  }
}

// Messages that are lost where each is waited for: only the time limit can tell.
TEST(NeverLiesTest, ALostMessageIsNoMeasurement) {
  for (const Pattern pattern : {Pattern::latency, Pattern::throughput, Pattern::paced, Pattern::fanin}) {
    const Failure failure = failed(planted_cell(sender(Deed::lose, kTimed), pattern, Peers::fork),
                                   options(std::chrono::milliseconds(400)));
    EXPECT_EQ(failure.kind, Kind::timed_out) << failure.reason;
  }
}

// Catches a stop being measured: a sample of 20 ms, or a throughput of so much less.
TEST(NeverLiesTest, AStopIsNoMeasurement) {
  for (const Peers peers : {Peers::fork, Peers::exec, Peers::thread}) {
    for (const Pattern pattern : {Pattern::latency, Pattern::throughput}) {
      const Failure failure =
          failed(planted_cell(sender(Deed::stop_and_go, kTimed), pattern, peers), options());
      EXPECT_EQ(failure.kind, Kind::check_failed) << failure.reason;
      EXPECT_THAT(failure.reason, HasSubstr("stopped and continued"));
    }
  }
}

// Catches a placement that is only asked for: somebody else may change it, or take the CPU away.
TEST(NeverLiesTest, AnEndThatIsMovedIsNoMeasurement) {
  if (allowed_cpus().size() < 2) GTEST_SKIP() << "with one CPU there is nowhere to move to";
  for (const std::uint64_t at_message : {kVerified, kTimed}) {
    LaunchOptions pinned = options();
    pinned.placement = on_one_cpu();
    Cell cell = planted_cell(sender(Deed::widen_affinity, at_message), Pattern::latency, Peers::fork);
    cell.cpus = Cpus::same;
    const Failure failure = failed(cell, pinned);
    EXPECT_EQ(failure.kind, Kind::check_failed) << failure.reason;
    EXPECT_THAT(failure.reason, HasSubstr("was found not pinned"));
  }
}

// Catches a CPU that is gone (offline, or out of the cpuset) being replaced by another one in silence.
TEST(NeverLiesTest, ACpuThatIsGoneIsNoMeasurement) {
  LaunchOptions pinned = options();
  constexpr int kNoSuchCpu = 1000;
  pinned.placement = {.cpus = Cpus::same, .producer_cpu = kNoSuchCpu, .consumer_cpu = kNoSuchCpu};
  Cell cell = planted_cell({}, Pattern::latency, Peers::fork);
  cell.cpus = Cpus::same;
  EXPECT_THAT(failed(cell, pinned).reason, HasSubstr("1000"));
}

Cell losing(std::uint64_t every, Pattern pattern) {
  return {.mechanism = "planted_losses",
          .pattern = pattern,
          .size_bytes = 64,
          .load = {.per_second = pattern == Pattern::paced ? 5000U : 0U},
          .parameters = {{"at_message", 64}, {"every", every}}};
}

// Catches losses that are not counted, or counted twice: of three messages, one is lost (the warm-up, which
// comes first, sends one or two).
TEST(NeverLiesTest, LossesAreCounted) {
  for (const Pattern pattern : {Pattern::throughput, Pattern::paced}) {
    const Measurement m = measured(losing(3, pattern), options());
    const std::uint64_t sent = m.messages + m.lost_messages;
    EXPECT_GE(sent, 3U);
    EXPECT_NEAR(static_cast<double>(m.lost_messages), static_cast<double>(sent) / 3, 1);
  }
}

// Catches a measurement of nothing, which would be a division by zero or, once in a report, the end of it.
TEST(NeverLiesTest, NothingButLossesIsNoMeasurement) {
  for (const Pattern pattern : {Pattern::throughput, Pattern::paced}) {
    EXPECT_THAT(failed(losing(1, pattern), options()).reason, HasSubstr("no message arrived"));
  }
}

// Catches more messages than were sent being counted, and the difference as 2^64 losses.
TEST(NeverLiesTest, MoreMessagesThanWereSentAreNoMeasurement) {
  EXPECT_THAT(failed(losing(0, Pattern::throughput), options()).reason, HasSubstr("arrived twice"));
}

}  // namespace
}  // namespace ipcbench
