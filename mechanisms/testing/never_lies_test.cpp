// Faults that let a launch finish with wrong messages, or under conditions other than those requested: it
// must not report a number.
//
// With messages of 64 bytes, 64 are verified. Without warm-up time, one or two follow in the warm-up, so that
// the message numbered kTimed is in the timed phase of every pattern between two ends. The content of the
// producer's message n is numbered 2n.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/planted_fault.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using Kind = Failure::Kind;

constexpr std::uint64_t kVerified = 10;
constexpr std::uint64_t kTimed = 68;

LaunchOptions options(std::chrono::milliseconds time_limit = std::chrono::seconds(30)) {
  return {.placement = {}, .warm_up = {}, .timed = std::chrono::milliseconds(50), .time_limit = time_limit};
}

struct Lie {
  const char* name;
  PlannedDeed plan;
  Pattern pattern;
  const char* reason;
  Kind kind = Kind::check_failed;
};
void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

PlannedDeed sender(Deed deed, std::uint64_t at_message) { return {.deed = deed, .at_message = at_message}; }
PlannedDeed always(Deed deed, std::uint64_t from) { return {.deed = deed, .at_message = from, .every = 1}; }
PlannedDeed receiver(Deed deed, std::uint64_t from) {
  return {.deed = deed, .at_message = from, .every = 1, .by_receiver = true};
}

// The verified pass knows every message; in the timed phase all have the same content, except the last.
const std::vector<Lie> kLies{
    {"RepeatedVerified", sender(Deed::repeat, kVerified), Pattern::throughput, "arrived where message"},
    {"SwappedVerified", sender(Deed::swap, kVerified), Pattern::throughput,
     "consumer (verifying): check failed: message 22 arrived where message 20 was due"},
    {"LostVerified", sender(Deed::lose, kVerified), Pattern::throughput,
     "consumer (verifying): check failed: message 22 arrived where message 20 was due"},
    {"AlteredVerified", sender(Deed::alter, kVerified), Pattern::latency,
     "consumer (verifying): check failed: message 20 is corrupted: byte 32 of 64"},
    {"GarbledVerified", sender(Deed::garble, kVerified), Pattern::latency, "is corrupted"},
    {"ShortVerified", sender(Deed::shorten, kVerified), Pattern::throughput,
     "consumer (verifying): a message of 63 bytes arrived where one of 64 was due", Kind::error},
    {"LongVerified", sender(Deed::lengthen, kVerified), Pattern::latency, "65 bytes", Kind::error},
    {"ShortTimed", sender(Deed::shorten, kTimed), Pattern::throughput, "63 bytes", Kind::error},
    {"LongTimed", sender(Deed::lengthen, kTimed), Pattern::throughput, "65 bytes", Kind::error},
    {"AlteredTimed", always(Deed::alter, kTimed), Pattern::latency, "corrupted: byte 32 of 64"},
    {"AlteredTimedStreaming", always(Deed::alter, kTimed), Pattern::throughput, "corrupted: byte 32 of 64"},
    {"OldSentVerified", always(Deed::send_old, kVerified), Pattern::latency, "arrived where"},
    {"UnreadVerified", receiver(Deed::not_read, kVerified), Pattern::latency, "arrived where"},
    {"UnreadFromTheWarmUp", receiver(Deed::not_read, 65), Pattern::latency, ""},
    {"OldSentTimed", always(Deed::send_old, kTimed), Pattern::latency, "sent before it"},
    {"OldSentTimedStreaming", always(Deed::send_old, kTimed), Pattern::throughput, "sent before it"},
    {"UnreadTimed", receiver(Deed::not_read, kTimed), Pattern::latency, "sent before it"},
    {"UnreadTimedStreaming", receiver(Deed::not_read, kTimed), Pattern::throughput, "sent before it"},
    {"UnreadTimedPaced", receiver(Deed::not_read, kTimed), Pattern::paced, "sent before it"},
    {"UnreadTimedOneway", receiver(Deed::not_read, kTimed), Pattern::oneway, "sent before it"},
    {"UnreadTimedFanin", receiver(Deed::not_read, 2 * 64 + 8), Pattern::fanin, "sent before it"},
    {"RepeatedTimedStreaming", sender(Deed::repeat, kTimed), Pattern::throughput, "arrived twice"},
    {"RepeatedTimed", sender(Deed::repeat, kTimed), Pattern::latency, ""},
    {"RepeatedTimedOneway", sender(Deed::repeat, kTimed), Pattern::oneway, ""},
};

class NeverLies : public ::testing::TestWithParam<Lie> {};

// Catches payload, order, length or number of messages that are not checked.
TEST_P(NeverLies, AWrongMessageFailsTheLaunch) {
  const Lie& lie = GetParam();
  const Failure failure = failed(planted_cell(lie.plan, lie.pattern), options());
  EXPECT_EQ(failure.kind, lie.kind) << failure.reason;
  EXPECT_THAT(failure.reason, HasSubstr(lie.reason));
}

INSTANTIATE_TEST_SUITE_P(Every, NeverLies, ::testing::ValuesIn(kLies),
                         [](const auto& each) { return std::string(each.param.name); });

// Shows that the tests above fail because of the fault: without one, the mechanism is measured.
TEST(NeverLiesTest, WithoutAFaultThePlantedMechanismIsMeasured) {
  for (const auto& pattern : kAxis<Pattern>) {
    for (const auto& peers : kAxis<Peers>) {
      EXPECT_GT(measured(planted_cell({}, pattern.value, peers.value), brief()).messages, 0U);
    }
  }
}

// Faults that leave the number of messages as it is, and their content wherever all messages are alike.
const std::vector<Lie> kSlips{
    {"RepeatedInsteadOfTheNext", sender(Deed::send_old, kTimed), Pattern::latency, "arrived where"},
    {"RepeatedOneway", sender(Deed::send_old, kTimed), Pattern::oneway, "arrived where"},
    {"RepeatedStreaming", sender(Deed::send_old, kTimed), Pattern::throughput, "arrived where"},
    {"RepeatedPaced", sender(Deed::send_old, kTimed), Pattern::paced, "arrived where"},
    {"RepeatedFanin", sender(Deed::send_old, kTimed), Pattern::fanin, "of producer"},
    {"RepeatedFanout", sender(Deed::send_old, 2 * 64 + 10), Pattern::fanout, "in the timed phase"},
    {"Swapped", sender(Deed::swap, kTimed), Pattern::throughput, "arrived where"},
    {"SwappedPaced", sender(Deed::swap, kTimed), Pattern::paced, "arrived where"},
    {"Torn", sender(Deed::tear, kTimed), Pattern::latency, "is torn"},
    {"TornStreaming", sender(Deed::tear, kTimed), Pattern::throughput, "is torn"},
    {"TornFanin", sender(Deed::tear, kTimed), Pattern::fanin, "is torn"},
    {"AlteredToTheEnd", always(Deed::alter, kTimed), Pattern::throughput, "corrupted: byte 32 of 64"},
    {"Unread", receiver(Deed::not_read, kTimed), Pattern::latency, "arrived where"},
};

class NeverSlips : public ::testing::TestWithParam<Lie> {};

TEST_P(NeverSlips, ACheckedMessageFailsTheLaunch) {
  const Lie& lie = GetParam();
  Cell cell = planted_cell(lie.plan, lie.pattern);
  cell.payload = Payload::checked;
  const Failure failure = failed(cell, options());
  EXPECT_EQ(failure.kind, lie.kind) << failure.reason;
  EXPECT_THAT(failure.reason, HasSubstr(lie.reason));
}

INSTANTIATE_TEST_SUITE_P(Every, NeverSlips, ::testing::ValuesIn(kSlips),
                         [](const auto& each) { return std::string(each.param.name); });

// Shows that nothing but the fault fails them, and that losses alone are no fault of a lossy mechanism.
TEST(NeverSlipsTest, WithoutAFaultCheckedMessagesAreMeasured) {
  for (const auto& pattern : kAxis<Pattern>) {
    Cell cell = planted_cell({}, pattern.value);
    cell.payload = Payload::checked;
    EXPECT_GT(measured(cell, brief()).messages, 0U);
    if (is_fan(pattern.value) || is_ping_pong(pattern.value)) continue;
    cell = planted_cell({.deed = Deed::lose, .at_message = 66, .every = 3}, pattern.value);
    cell.mechanism = "planted_lossy";
    cell.payload = Payload::checked;
    LaunchOptions options = brief();
    options.timed =
        std::chrono::milliseconds(50);  // a loaded machine may leave a brief phase without a message
    EXPECT_GT(measured(cell, options).lost_messages, 0U);
  }
}

// Catches a message of one link that is lost, repeated or torn in the timed phase, while the other links are
// right.
TEST(NeverLiesTest, EachLinkOfAFanInIsChecked) {
  for (const auto& [deed, reason] :
       {std::pair(Deed::send_old, "of producer 1"), std::pair(Deed::tear, "is torn"),
        std::pair(Deed::swap, "of producer 1")}) {
    Cell cell = planted_cell(sender(deed, kTimed), Pattern::fanin);
    cell.links = Links::each;
    cell.wait = Wait::spin;
    cell.payload = Payload::checked;
    const Failure failure = failed(cell, options());
    EXPECT_EQ(failure.kind, Kind::check_failed) << failure.reason;
    EXPECT_THAT(failure.reason, HasSubstr(reason));
  }
}

// A lost message that an end waits for: only the time limit can tell.
TEST(NeverLiesTest, ALostMessageIsNoMeasurement) {
  for (const Pattern pattern : {Pattern::latency, Pattern::throughput, Pattern::paced, Pattern::fanin}) {
    const Failure failure =
        failed(planted_cell(sender(Deed::lose, kTimed), pattern), options(std::chrono::milliseconds(400)));
    EXPECT_EQ(failure.kind, Kind::timed_out) << failure.reason;
  }
}

// Catches a token that nobody sent being taken for an answer: there is no content to compare.
TEST(NeverLiesTest, ATokenThatNobodySentIsNoMeasurement) {
  // Again and again: one that a slow receiver shows only after the real one was sent cannot be told from it.
  Cell token = planted_cell({.deed = Deed::invent, .at_message = kVerified, .every = 1, .by_receiver = true});
  token.mechanism = "planted_tokens";
  token.size_bytes = 0;
  const Failure failure = failed(token, options());
  EXPECT_EQ(failure.kind, Kind::check_failed);
  // It depends on how far behind the receiver was.
  EXPECT_THAT(failure.reason,
              ::testing::AnyOf(HasSubstr("arrived before it was sent"), HasSubstr("messages were sent and")));
}

// Catches a measurement that includes the time for which an end was stopped.
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

// Catches a placement that is asked for but not checked: another process may change it, or take the CPU away.
TEST(NeverLiesTest, AnEndThatIsMovedIsNoMeasurement) {
  if (allowed_cpus().size() < 2) GTEST_SKIP() << "with one CPU there is nowhere to move to";
  for (const std::uint64_t at_message : {kVerified, kTimed}) {
    LaunchOptions pinned = options();
    pinned.placement = on_one_cpu();
    Cell cell = planted_cell(sender(Deed::widen_affinity, at_message));
    cell.cpus = Cpus::same;
    const Failure failure = failed(cell, pinned);
    EXPECT_EQ(failure.kind, Kind::check_failed) << failure.reason;
    EXPECT_THAT(failure.reason, HasSubstr("was found not pinned"));
  }
}

// Catches a CPU that is gone (offline, or out of the cpuset) being silently replaced by another.
TEST(NeverLiesTest, ACpuThatIsGoneIsNoMeasurement) {
  LaunchOptions pinned = options();
  constexpr int kNoSuchCpu = 1000;
  pinned.placement = {.cpus = Cpus::same, .producer_cpu = kNoSuchCpu, .consumer_cpu = kNoSuchCpu};
  Cell cell = planted_cell({});
  cell.cpus = Cpus::same;
  EXPECT_THAT(failed(cell, pinned).reason, HasSubstr("1000"));
}

Cell lossy(const PlannedDeed& plan, Pattern pattern) {
  Cell cell = planted_cell(plan, pattern);
  cell.mechanism = "planted_lossy";
  return cell;
}

// Catches losses that are not counted, or counted twice: from the warm-up on, one message of three is lost.
TEST(NeverLiesTest, LossesAreCounted) {
  for (const Pattern pattern : {Pattern::throughput, Pattern::paced}) {
    const Measurement m =
        measured(lossy({.deed = Deed::lose, .at_message = 66, .every = 3}, pattern), options());
    const std::uint64_t sent = m.messages + m.lost_messages;
    EXPECT_GE(sent, 3U);
    EXPECT_NEAR(static_cast<double>(m.lost_messages), static_cast<double>(sent) / 3, 1);
  }
}

// Catches a measurement of nothing, which would divide by zero.
TEST(NeverLiesTest, NothingButLossesIsNoMeasurement) {
  for (const Pattern pattern : {Pattern::throughput, Pattern::paced}) {
    EXPECT_THAT(failed(lossy(always(Deed::lose, 64), pattern), options()).reason,
                HasSubstr("no message arrived"));
  }
}

// Catches more messages being counted than were sent, and the difference becoming 2^64 losses.
TEST(NeverLiesTest, MoreMessagesThanWereSentAreNoMeasurement) {
  EXPECT_THAT(failed(lossy(always(Deed::repeat, 64), Pattern::throughput), options()).reason,
              HasSubstr("arrived twice"));
}

}  // namespace
}  // namespace ipcbench
