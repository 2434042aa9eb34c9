// Impossible results of a launch. Accepting one would report a false number.
#include "harness/launch/pair_outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/clock.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

MechanismEntry told(std::string_view name, Delivery delivery) {
  MechanismEntry entry{};
  entry.traits = {.name = name, .summary = "for tests", .delivery = delivery};
  return entry;
}
[[maybe_unused]] const bool kRegistered = register_mechanism(told("told", Delivery::reliable)) &&
                                          register_mechanism(told("told_lossy", Delivery::lossy));

constexpr std::uint64_t kStartNs = 1'000'000'000;
constexpr std::uint64_t kTimedNs = 10'000'000;
constexpr std::uint64_t kSampleNs = 100'000;

// A flawless launch of 100 round trips of 100 us, for each test to change.
class PairOutcome : public ::testing::Test {
 protected:
  explicit PairOutcome(std::uint32_t pairs = 1) : control_(SharedControl::for_pairs(pairs)) {
    for (ControlBlock& pair : control_->all_pairs()) make_flawless(pair);
  }

  void make_flawless(ControlBlock& pair) {
    Job& job = pair.job;
    job.mechanism.assign("told");
    job.cpu.fill(-1);
    job.timed_ns = kTimedNs;
    for (const Side side : {Side::producer, Side::consumer}) {
      end_.processes.push_back(
          {.ends = {{side, 0}}, .status = ExitStatus{.code = 0, .signal = {}}, .pair = pair.pair});
      EndState& state = pair.side(side);
      state.phase = Phase::done;
      state.messages = 100;
      state.start_ns = kStartNs;
      state.end_ns = kStartNs + kTimedNs;
      state.left_ns = state.end_ns + 1000;
    }
    pair.samples.histogram.clear();
    pair.samples.sum_ns = kTimedNs;
    for (int i = 0; i < 100; ++i) pair.samples.histogram.record(kSampleNs);
    pair.samples.max_ns = pair.samples.min_ns = kSampleNs;
  }

  ControlBlock& control() { return *control_; }
  EndState& producer() { return control_->side(Side::producer); }
  EndState& consumer() { return control_->side(Side::consumer); }
  LaunchEnd& end() { return end_; }
  LaunchOutcome outcome() { return outcome_of(end_, *control_, {}); }
  std::string reason() {
    const LaunchOutcome result = outcome();
    const auto* failure = std::get_if<Failure>(&result);
    return failure == nullptr ? "measured" : failure->reason;
  }

 private:
  SharedControl control_;
  LaunchEnd end_;
};

// Shows that the other tests fail only because of their change.
TEST_F(PairOutcome, AnHonestLaunchIsMeasured) {
  EXPECT_EQ(reason(), "measured");
  const LaunchOutcome result = outcome();
  EXPECT_EQ(std::get<Measurement>(result).elapsed_ns, kTimedNs);
}

// Catches pauses that are taken for a loss of samples, and samples that are taken for pauses.
TEST_F(PairOutcome, PausesBelongToNoSample) {
  control().samples.sum_ns = kTimedNs;
  producer().end_ns = consumer().end_ns = kStartNs + 2 * kTimedNs;
  producer().left_ns = consumer().left_ns = producer().end_ns + 1000;
  EXPECT_THAT(reason(), HasSubstr("add up to"));
  control().rest_ns = kTimedNs;
  EXPECT_EQ(reason(), "measured");
}

// Catches accepting a phase cut short, whose few messages would stand for all.
TEST_F(PairOutcome, AShortRun) {
  producer().left_ns = kStartNs + kTimedNs / 2;
  EXPECT_THAT(reason(), HasSubstr("lasted 5.000 ms and not 10.000 ms"));
}

// Catches a negative difference that becomes a time of centuries.
TEST_F(PairOutcome, AClockThatWentBackward) {
  producer().left_ns = kStartNs - 2'000'000;
  EXPECT_THAT(reason(), HasSubstr("lasted -2.000 ms"));
}
TEST_F(PairOutcome, AClockThatWentBackwardWithinASample) {
  control().samples.max_ns = UINT64_MAX - 5;
  EXPECT_THAT(reason(), HasSubstr("the clock jumped"));
}
TEST_F(PairOutcome, AClockThatWentBackwardAtTheEnd) {
  producer().end_ns = kStartNs - 5;
  EXPECT_THAT(reason(), HasSubstr("the clock jumped"));
}

TEST_F(PairOutcome, AnEndThatWasStopped) {
  control().continued = 1;
  EXPECT_THAT(reason(), HasSubstr("stopped and continued"));
}
TEST_F(PairOutcome, AMachineThatSlept) {
  end().slept_ns = 3'000'000'000;
  EXPECT_THAT(reason(), HasSubstr("asleep for 3000 ms"));
}

// The second error is a consequence of the first, whichever end has it.
TEST_F(PairOutcome, TwoEndsWithErrors) {
  for (EndState* state : {&producer(), &consumer()}) state->has_error = true;
  producer().error.assign("broken pipe");
  consumer().error.assign("out of memory");
  for (const auto& [producer_ns, expected] : {std::pair{8, "out of memory"}, std::pair{6, "broken pipe"}}) {
    producer().error_ns = static_cast<std::uint64_t>(producer_ns);
    consumer().error_ns = 7;
    EXPECT_THAT(reason(), HasSubstr(expected));
  }
}

// Catches conditions of a launch that are not passed on, or in another unit: a spin of 25 us is given in ns.
TEST_F(PairOutcome, TheConditionsAreReported) {
  control().line = {.before_ns = 110, .after_ns = 120};
  control().memory_node = 4;
  control().job.wait = Wait::adaptive;
  control().job.spin_ns = 25'000;
  const LaunchOutcome result = outcome();
  ASSERT_TRUE(std::holds_alternative<Measurement>(result)) << reason();
  const auto& measurement = std::get<Measurement>(result);
  EXPECT_EQ(measurement.line, (LineRoundTrip{.before_ns = 110, .after_ns = 120}));
  EXPECT_EQ(measurement.memory_node, 4);
  EXPECT_EQ(measurement.settings, (Settings{{"spin_us", 25}}));
}

// Catches the work of one end alone: what slowed either slowed the messages.
TEST_F(PairOutcome, TheCoreIsJudgedByTheSlowerEnd) {
  producer().core = {.before_ns = 11'000, .after_ns = 18'000};
  consumer().core = {.before_ns = 12'000, .after_ns = 17'000};
  ASSERT_TRUE(std::holds_alternative<Measurement>(outcome())) << reason();
  EXPECT_FALSE(std::get<Measurement>(outcome()).core);
  control().job.times_core = true;
  EXPECT_EQ(std::get<Measurement>(outcome()).core, (CoreWork{.before_ns = 12'000, .after_ns = 18'000}));
}

// Catches a part that one end or the launcher alone decides, and the unsigned difference of an end that had
// its message before the other's clock said that it was sent.
TEST_F(PairOutcome, SettingUpIsTimedOverAllWhoTakePart) {
  end().create_ns = 100;
  end().remove_ns = 30;
  control().attaching_ns = 1000;
  control().attached_ns = 1200;
  producer().first_message_ns = 5000;
  consumer().first_message_ns = 5300;
  producer().done_ns = consumer().done_ns = 9000;
  producer().closed_ns = 9040;
  consumer().closed_ns = 9070;
  EXPECT_EQ(std::get<Measurement>(outcome()).set_up,
            (SetUpTimes{.create_ns = 100, .connect_ns = 200, .first_message_ns = 300, .tear_down_ns = 100}));
  consumer().first_message_ns = 4999;
  EXPECT_FALSE(std::get<Measurement>(outcome()).set_up->first_message_ns);
}

// A process that may still run affects later measurements.
TEST_F(PairOutcome, AnEndThatCannotBeKilled) {
  end().timed_out = end().unkillable = true;
  EXPECT_THAT(reason(), AllOf(HasSubstr("timed out"), HasSubstr("could not be killed")));
}

TEST_F(PairOutcome, AnEndOnAnotherCpu) {
  control().job.cpu[0] = 1;
  producer().cost.cpu = 2;
  EXPECT_THAT(reason(), HasSubstr("to run on CPU 1 and was found on CPU 2"));
  producer().cost.cpu.reset();
  EXPECT_THAT(reason(), HasSubstr("found not pinned"));
}

class SeveralPairs : public PairOutcome {
 protected:
  SeveralPairs() : PairOutcome(3) {}
  ControlBlock& third() { return control().all_pairs()[2]; }
  ProcessEnd& producer_of_third() { return end().processes[4]; }
};

TEST_F(SeveralPairs, AreMeasuredTogether) {
  for (const Side side : {Side::producer, Side::consumer}) {
    EndState& state = third().side(side);
    ++state.messages;
    state.end_ns += kSampleNs;
    state.left_ns += kSampleNs;
  }
  third().samples.histogram.record(kSampleNs);
  third().samples.sum_ns += kSampleNs;
  ASSERT_EQ(reason(), "measured");
  const Measurement sum = std::get<Measurement>(outcome());
  EXPECT_EQ(sum.messages, 301U);
  EXPECT_EQ(sum.elapsed_ns, kTimedNs + kSampleNs);
  ASSERT_EQ(sum.pairs.size(), 3U);
  EXPECT_EQ(sum.pairs[2].messages, 101U);
}

// Catches failures that only the first pair may have, and pairs that are taken for one another.
TEST_F(SeveralPairs, FailIfOneDoes) {
  producer_of_third().status = ExitStatus{.code = {}, .signal = 9};
  EXPECT_THAT(reason(), AllOf(HasSubstr("pair 3: producer"), HasSubstr("signal 9")));
  producer_of_third().status = ExitStatus{.code = 0, .signal = {}};
  third().side(Side::consumer).messages = 101;
  EXPECT_THAT(reason(), HasSubstr("pair 3: 100 messages were sent and 101 answered"));
}

// The others wait for it.
TEST_F(SeveralPairs, AreHeldUpByTheOneThatIsFurthestBehind) {
  end().timed_out = true;
  third().side(Side::consumer).phase = Phase::warming_up;
  EXPECT_THAT(reason(), HasSubstr("pair 3: "));
}

TEST_F(PairOutcome, NoMessages) {
  producer().messages = consumer().messages = 0;
  EXPECT_THAT(reason(), HasSubstr("no message arrived"));
}
TEST_F(PairOutcome, MessagesThatWereNotTimed) {
  producer().messages = consumer().messages = 101;
  EXPECT_THAT(reason(), HasSubstr("101 messages were counted and 100 timed"));
}
TEST_F(PairOutcome, MoreAnswersThanQuestions) {
  for (const char* mechanism : {"told", "told_lossy"}) {
    control().job.mechanism.assign(mechanism);
    consumer().messages = 101;
    EXPECT_THAT(reason(), HasSubstr("100 messages were sent and 101 answered"));
  }
}
TEST_F(PairOutcome, MessagesLostOrRepeatedInAStream) {
  control().job.pattern = Pattern::throughput;
  consumer().messages = 99;
  EXPECT_THAT(reason(), HasSubstr("99 messages arrived and 1 did not"));
  control().job.mechanism.assign("told_lossy");
  EXPECT_EQ(reason(), "measured");
  consumer().messages = 102;
  EXPECT_THAT(reason(), HasSubstr("102 messages arrived, 2 more than were sent: some arrived twice"));
}

// Catches samples that are not what was measured: all halved, one lost, one counted twice in place of
// another.
TEST_F(PairOutcome, SamplesThatDoNotAddUp) {
  for (const std::uint64_t wrong_ns : {kTimedNs / 2, kTimedNs - kSampleNs, kTimedNs + kSampleNs}) {
    control().samples.sum_ns = wrong_ns;
    EXPECT_THAT(reason(), HasSubstr("add up to " + std::to_string(wrong_ns) + " ns"));
  }
}

// Of each 100 us turn, 60 us are the way there.
TEST_F(PairOutcome, OneWayTimesThatDoNotAddUp) {
  control().job.pattern = Pattern::oneway;
  control().samples.histogram.clear();
  for (int i = 0; i < 100; ++i) control().samples.histogram.record(60'000);
  control().samples.max_ns = control().samples.min_ns = 60'000;
  control().samples.sum_ns = 6'000'000;
  control().rest_ns = 4'000'000;
  control().clock_offset = {.low_ns = -30, .high_ns = 40};
  const LaunchOutcome result = outcome();
  ASSERT_TRUE(std::holds_alternative<Measurement>(result)) << reason();
  EXPECT_EQ(std::get<Measurement>(result).clock_offset, (ClockOffset{.low_ns = -30, .high_ns = 40}));
  control().rest_ns = 4'000'001;
  EXPECT_THAT(reason(), HasSubstr("add up to 6000000 ns, and the messages took 5999999 ns"));
}

// Catches a consumer whose schedule is not the producer's. Where the clocks disagreed by 500 ns in all, that
// much is recorded beyond the difference. The due times of lost messages are in the producer's sum alone.
TEST_F(PairOutcome, PacedTimesThatDoNotAddUp) {
  control().job.pattern = Pattern::paced;
  producer().times_ns = 40'000'000;
  consumer().times_ns = 40'000'000 + kTimedNs - 500;
  control().samples.clamped_ns = 500;
  EXPECT_EQ(reason(), "measured");
  consumer().times_ns -= kSampleNs;
  EXPECT_THAT(reason(), HasSubstr("add up to 10000000 ns, and the messages took 9900000 ns"));
  control().job.mechanism.assign("told_lossy");
  producer().messages = 101;
  EXPECT_EQ(reason(), "measured");
}

// Catches a histogram that is not of the samples, although the sum is right: it gives every published figure.
TEST_F(PairOutcome, AHistogramOfOtherTimes) {
  Samples& samples = control().samples;
  samples.histogram.clear();
  for (int i = 0; i < 100; ++i) samples.histogram.record(kSampleNs / 2);
  EXPECT_THAT(reason(), HasSubstr("histogram does not hold the recorded times"));
  samples.min_ns = samples.max_ns = kSampleNs / 2;  // all but the sum
  EXPECT_THAT(reason(), HasSubstr("histogram does not hold the recorded times"));
}

// Two producers, with 3 and 4 ms of CPU time. Catches the cost of one end for that of its side.
TEST_F(PairOutcome, ASidePaysForAllItsEnds) {
  control().job.pattern = Pattern::fanin;
  control().job.producers = 2;
  EndState& other = control().end({Side::producer, 1});
  other.start_ns = kStartNs;
  other.left_ns = kStartNs + kTimedNs;
  other.cost.cpu_ns = 4'000'000;
  other.cost.voluntary_switches = 2;
  other.cost.minor_faults = 5;
  other.cost.run_delay_ns = 20;
  SideCost& first = producer().cost;
  first.cpu_ns = 3'000'000;
  first.voluntary_switches = first.involuntary_switches = first.minor_faults = 1;
  first.run_delay_ns = 10;
  const LaunchOutcome result = outcome();
  ASSERT_TRUE(std::holds_alternative<Measurement>(result)) << reason();
  const SideCost& cost = std::get<Measurement>(result).producer;
  EXPECT_EQ(cost.cpu_ns, 7'000'000U);
  EXPECT_EQ(cost.voluntary_switches, 3U);
  EXPECT_EQ(cost.involuntary_switches, 1U);
  EXPECT_EQ(cost.minor_faults, 6U);
  EXPECT_EQ(cost.run_delay_ns, 30U);
}

// 95 messages sent in time and 5 a millisecond late: only the 99th percentile shows them.
TEST_F(PairOutcome, ThePercentilesOfTheLagAreTheirOwn) {
  control().job.pattern = Pattern::paced;
  for (int i = 0; i < 100; ++i) control().lag.histogram.record(i < 95 ? 100 : 1'048'576);
  control().lag.max_ns = 1'050'000;
  consumer().times_ns = kTimedNs;
  const LaunchOutcome result = outcome();
  ASSERT_TRUE(std::holds_alternative<Measurement>(result)) << reason();
  const auto& schedule = std::get<Measurement>(result).schedule;
  ASSERT_TRUE(schedule);
  EXPECT_EQ(schedule->lag_p50_ns, 100U);
  EXPECT_GE(schedule->lag_p99_ns, 1'048'576U);  // the bucket's lower bound
  EXPECT_EQ(schedule->lag_max_ns, 1'050'000U);
}

// The pacer watched the clock for 3 ms, of which it ran for 2. Catches a sender that used less CPU time than
// none, and a pacer that is forgotten.
TEST_F(PairOutcome, PacingTakesNoMoreThanTheProducerUsed) {
  control().job.pattern = Pattern::paced;
  control().lag.histogram.record(100);
  consumer().times_ns = kTimedNs;
  control().pacing_cpu_ns = 3'000'000;
  const auto pacing_cpu_ns = [&](std::uint64_t used_ns) {
    control().side(Side::producer).cost.cpu_ns = used_ns;
    return std::get<Measurement>(outcome()).schedule.value().pacing_cpu_ns;
  };
  EXPECT_EQ(pacing_cpu_ns(2'000'000), 2'000'000U);
  EXPECT_EQ(pacing_cpu_ns(3'500'000), 3'000'000U);
}

// 100 messages and a farewell for each of two consumers: 0 + 1 + ... + 101. Catches a message that both
// consumers received while another went to none.
TEST_F(PairOutcome, NumbersOfAFanoutThatAreNotThoseSent) {
  Job& job = control().job;
  job.pattern = Pattern::fanout;
  job.payload = Payload::checked;
  job.message_bytes = 64;
  job.consumers = 2;
  consumer().messages = 60;
  control().end({Side::consumer, 1}).messages = 40;
  consumer().numbers_sum = 5000;
  control().end({Side::consumer, 1}).numbers_sum = 151;
  EXPECT_EQ(reason(), "measured");
  consumer().numbers_sum = 5001;
  EXPECT_THAT(reason(), HasSubstr("received twice and another by no consumer"));
}

// Catches taking the time between two clock readings for sleep.
TEST(Suspension, IsWhatOneClockCountsAndTheOtherDoesNot) {
  EXPECT_EQ(slept_ns(500, 500), 0U);
  EXPECT_EQ(slept_ns(500, 400), 0U);
  EXPECT_EQ(slept_ns(0, 10'000'000), 0U);
  EXPECT_EQ(slept_ns(1'000'000'000, 4'000'000'000), 3'000'000'000U);
  EXPECT_EQ(slept_ns(asleep_so_far_ns(), asleep_so_far_ns()), 0U);
}

// Catches a library's last words that are lost, and those that cover what an end has reported.
TEST(ExplainOfLibrary, KeepsTheLastWords) {
  Failure killed{.kind = Failure::Kind::killed, .reason = "producer: killed by signal 6 (Aborted)"};
  explain_of_library(killed, "Assertion failed");
  EXPECT_EQ(killed.reason, "producer: killed by signal 6 (Aborted); an end printed \"Assertion failed\"");
  Failure reported{.kind = Failure::Kind::error, .reason = "producer: the other end is gone"};
  explain_of_library(reported, "a warning");
  EXPECT_EQ(reported.reason, "producer: the other end is gone");
}

}  // namespace
}  // namespace ipcbench
