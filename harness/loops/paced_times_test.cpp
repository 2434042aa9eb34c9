#include "harness/loops/paced_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kStart = 9'000'000;

// Five messages, due at 0, 10, 20, 30 and 40 after the start, in a phase of 50.
class EvaluateTest : public ::testing::Test {
 protected:
  void evaluate(std::uint64_t sent) {
    const std::vector<std::uint64_t> due_ns{0, 10, 20, 30, 40};
    ipcbench::evaluate({.due_ns = due_ns, .sent_ns = sent_ns_, .received_ns = received_ns_},
                       {.begin_ns = kStart, .end_ns = kStart + 50, .sent = sent}, {*due_, *sent_, *lag_});
  }
  // What the samples have to add up to, from the sums of both ends.
  std::uint64_t expected_sum_ns(std::uint64_t sent) {
    const std::vector<std::uint64_t> due_ns{0, 10, 20, 30, 40};
    return std::accumulate(received_ns_.begin(), received_ns_.end(), std::uint64_t{0}) -
           sum_due_ns({.due_ns = due_ns, .sent_ns = sent_ns_, .received_ns = received_ns_},
                      {.begin_ns = kStart, .end_ns = kStart + 50, .sent = sent});
  }
  static std::vector<HistogramBucket> counts(const std::unique_ptr<Samples>& samples) {
    return samples->histogram.buckets();
  }

  std::vector<std::uint64_t> sent_ns_{kStart, kStart + 13, kStart + 20, kStart + 30, kStart + 40};
  std::vector<std::uint64_t> received_ns_{kStart + 5, kStart + 18, kStart + 25, kStart + 35, kStart + 45, 0};
  std::unique_ptr<Samples> due_ = std::make_unique<Samples>();
  std::unique_ptr<Samples> sent_ = std::make_unique<Samples>();
  std::unique_ptr<Samples> lag_ = std::make_unique<Samples>();
};

// The second is sent 3 late and takes 5 like the others: 8 from when it was due. Catches the two histograms
// confused, and figures of an earlier phase that remain.
TEST_F(EvaluateTest, TellsTheLagFromTheWay) {
  due_->histogram.record(1);
  evaluate(5);
  EXPECT_EQ(counts(due_), (std::vector<HistogramBucket>{{5, 4}, {8, 1}}));
  EXPECT_EQ(counts(sent_), (std::vector<HistogramBucket>{{5, 5}}));
  EXPECT_EQ(counts(lag_), (std::vector<HistogramBucket>{{0, 4}, {3, 1}}));
  EXPECT_EQ(due_->max_ns, 8U);
  EXPECT_EQ(due_->sum_ns, 28U);
  EXPECT_EQ(expected_sum_ns(5), 28U);
  EXPECT_EQ(sent_->sum_ns, 25U);
}

// Only three of five are sent by the end at 50: those due at 30 and 40 have waited 20 and 10 by then. Catches
// unsent messages that vanish, which makes an overloaded mechanism look better than it is.
TEST_F(EvaluateTest, UnsentMessagesCountWithWhatTheyHaveWaited) {
  received_ns_[3] = received_ns_[4] = 0;
  evaluate(3);
  EXPECT_EQ(counts(due_), (std::vector<HistogramBucket>{{5, 2}, {8, 1}, {10, 1}, {20, 1}}));
  EXPECT_EQ(due_->sum_ns, 48U);
  EXPECT_EQ(expected_sum_ns(3), 48U);
  EXPECT_EQ(counts(sent_), (std::vector<HistogramBucket>{{5, 3}}));
  EXPECT_EQ(counts(lag_), (std::vector<HistogramBucket>{{0, 2}, {3, 1}}));
}

// Catches a lost message with a time of minus the clock.
TEST_F(EvaluateTest, LostMessagesHaveNoTime) {
  received_ns_[2] = 0;
  evaluate(5);
  EXPECT_EQ(counts(due_), (std::vector<HistogramBucket>{{5, 3}, {8, 1}}));
  EXPECT_EQ(counts(sent_), (std::vector<HistogramBucket>{{5, 4}}));
}

// Messages 0, 2 and 3 are of the first stream, 1 and 4 of the second; 3 and 4 are not sent by the end at 50,
// and have waited 20 and 10. Catches a message that counts for the other stream, or for both, and one that is
// forgotten because it was not sent.
TEST_F(EvaluateTest, TellsTheStreamsApart) {
  const std::vector<std::uint64_t> due_ns{0, 10, 20, 30, 40};
  const std::vector<std::uint8_t> stream{0, 1, 0, 0, 1};
  const PacedTimes times{
      .due_ns = due_ns, .sent_ns = sent_ns_, .received_ns = received_ns_, .stream = stream};
  const PacedPhase phase{.begin_ns = kStart, .end_ns = kStart + 50, .sent = 3};
  const auto samples = std::make_unique<StreamSamples>();
  samples->samples.histogram.record(1);
  evaluate_stream(times, phase, 0, *samples);
  EXPECT_EQ(samples->scheduled, 3U);
  EXPECT_EQ(samples->unsent, 1U);
  EXPECT_EQ(samples->samples.histogram.buckets(), (std::vector<HistogramBucket>{{5, 2}, {20, 1}}));
  EXPECT_EQ(samples->samples.sum_ns, 30U);
  evaluate_stream(times, phase, 1, *samples);
  EXPECT_EQ(samples->scheduled, 2U);
  EXPECT_EQ(samples->unsent, 1U);
  EXPECT_EQ(samples->samples.histogram.buckets(), (std::vector<HistogramBucket>{{8, 1}, {10, 1}}));
}

// Catches two ends that look at different memory, arrays that overlap each other or the control block, and
// the figures of a longer phase before.
TEST(SharedTimes, AreSeenByBothEnds) {
  const SharedControl control;
  control->capacity_per_second = 7;
  for (const std::uint64_t messages : {1000U, 3U, 5000U}) {
    SharedTimes producer(control.fd(), messages);
    SharedTimes consumer(control.fd(), messages);
    producer.schedule(LinkSchedule(Schedule(1000, Arrivals::constant, 1)));
    consumer.clear_received();
    for (std::uint64_t i = 0; i < messages; ++i) producer.get().sent_ns[i] = 2 * i;
    for (std::uint64_t i = 0; i <= messages; ++i) consumer.get().received_ns[i] = 3 * i;
    EXPECT_EQ(consumer.get().due_ns[messages - 1], (messages - 1) * 1'000'000);
    EXPECT_EQ(consumer.get().sent_ns[messages - 1], 2 * (messages - 1));
    EXPECT_EQ(producer.get().received_ns[messages], 3 * messages);
    EXPECT_EQ(consumer.get().received_ns.size(), messages + 1);
  }
  EXPECT_EQ(control->capacity_per_second, 7);
}

// Catches gigabytes of memory for a rate and a phase that were mistyped.
TEST(SharedTimes, AreRefusedAboveTheCap) {
  const SharedControl control;
  try {
    SharedTimes(control.fd(), kMostPaced + 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.cause(), HasSubstr("8388609 messages are due in the timed phase"));
    EXPECT_THAT(error.remedy(), HasSubstr("lower --rate"));
  }
}

}  // namespace
}  // namespace ipcbench
