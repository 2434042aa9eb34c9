// Impossible results of a launch. Accepting one would report a false number.
#include "harness/launch/pair_outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

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

// A flawless launch of 100 round trips of 100 us, for each test to change.
class PairOutcome : public ::testing::Test {
 protected:
  PairOutcome() {
    Job& job = control_->job;
    job.mechanism.assign("told");
    job.cpu.fill(-1);
    job.timed_ns = kTimedNs;
    end_.processes = {{.ends = {{Side::producer, 0}}, .status = ExitStatus{.code = 0, .signal = {}}},
                      {.ends = {{Side::consumer, 0}}, .status = ExitStatus{.code = 0, .signal = {}}}};
    for (const Side side : {Side::producer, Side::consumer}) {
      EndState& state = control_->side(side);
      state.phase = Phase::done;
      state.messages = 100;
      state.start_ns = kStartNs;
      state.end_ns = kStartNs + kTimedNs;
      state.left_ns = state.end_ns + 1000;
    }
    control_->samples.histogram.clear();
    for (int i = 0; i < 100; ++i) control_->samples.histogram.record(100'000);
    control_->samples.max_ns = control_->samples.min_ns = 100'000;
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
  std::unique_ptr<ControlBlock> control_ = std::make_unique<ControlBlock>();
  LaunchEnd end_;
};

// Shows that the other tests fail only because of their change.
TEST_F(PairOutcome, AnHonestLaunchIsMeasured) {
  EXPECT_EQ(reason(), "measured");
  const LaunchOutcome result = outcome();
  EXPECT_EQ(std::get<Measurement>(result).elapsed_ns, kTimedNs);
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

// Catches taking the time between two clock readings for sleep.
TEST(Suspension, IsWhatOneClockCountsAndTheOtherDoesNot) {
  EXPECT_EQ(slept_ns(500, 500), 0U);
  EXPECT_EQ(slept_ns(500, 400), 0U);
  EXPECT_EQ(slept_ns(0, 10'000'000), 0U);
  EXPECT_EQ(slept_ns(1'000'000'000, 4'000'000'000), 3'000'000'000U);
  EXPECT_EQ(slept_ns(asleep_so_far_ns(), asleep_so_far_ns()), 0U);
}

}  // namespace
}  // namespace ipcbench
