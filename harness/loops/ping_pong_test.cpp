// What the loops record, over a transfer and a clock that play out a script.
#include "harness/loops/ping_pong.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "harness/testing/scripted_transfer.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;

class PingPongLoop : public ::testing::Test {
 protected:
  PingPongLoop() {
    ScriptedClock::start_at(0);
    control_->samples.histogram.clear();
  }

  template <Delivery D = Delivery::reliable>
  auto loop(ScriptedTransfer& transfer) {
    return PingPong<D, Payload::copy, ScriptedTransfer, ScriptedClock>(*control_, transfer);
  }
  ControlBlock& control() { return *control_; }
  Samples& samples() { return control_->samples; }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> windows() { return windows_of(*control_); }

  StopSigns signs_;
  std::uint64_t end_ns_ = 0;

 private:
  std::unique_ptr<ControlBlock> control_ = std::make_unique<ControlBlock>();
};

// A send takes 5 ns, the answers 100, 1900, 200 and 300. A sample ends with the next send, the last one with
// its answer: 5 + 100 + 5, 1900 + 5, 200 + 5, 300. The second ends beyond the phase's 2000 ns.
TEST_F(PingPongLoop, RoundTripsRunFromSendToSend) {
  ScriptedTransfer transfer({100, 1900, 200, 300});
  EXPECT_EQ(loop(transfer).ping(signs_, 1'000'000, 2000, end_ns_), 4U);
  EXPECT_THAT(samples().histogram.buckets(), ElementsAre(HistogramBucket{110, 1}, HistogramBucket{205, 1},
                                                         HistogramBucket{300, 1}, HistogramBucket{1904, 1}));
  EXPECT_EQ(samples().min_ns, 110U);
  EXPECT_EQ(samples().max_ns, 1905U);
  EXPECT_EQ(samples().sum_ns, 2520U);
  EXPECT_EQ(end_ns_, 1'000'000U + 2520U);
}

// Ends that sleep and share a CPU: the peer may run before a send returns, here for 200 ns in the third,
// whose answer is there at once. A sample runs from answer to answer: 5 + 100, 5 + 1900, 5 + 200, 5 + 300.
// Catches a sample of two round trips beside one of none.
TEST_F(PingPongLoop, OnOneCpuRoundTripsRunFromAnswerToAnswer) {
  using Sleeping = ScriptedTransferOf<Wait::block>;
  Sleeping transfer({100, 1900, 0, 300});
  transfer.on_send = [&] {
    if (transfer.sent() == 2) ScriptedClock::time_ns += 200;
  };
  control().job.cpu.fill(1);
  PingPong<Delivery::reliable, Payload::copy, Sleeping, ScriptedClock> shared(control(), transfer);
  EXPECT_EQ(shared.ping(signs_, 0, 2000, end_ns_), 4U);
  EXPECT_THAT(samples().histogram.buckets(), ElementsAre(HistogramBucket{105, 1}, HistogramBucket{205, 1},
                                                         HistogramBucket{304, 1}, HistogramBucket{1904, 1}));
  EXPECT_EQ(end_ns_, samples().sum_ns);
}

// Windows are 2000 / 32 = 62 ns long. The sends are over at 20, 35, 50, 65 (a window), 80, 585 (a window),
// 2590 (beyond the phase), 2895; the last answer comes at 2995. Catches a gap between windows, and a window
// of the last two messages alone, whose time would say little.
TEST_F(PingPongLoop, WindowsFollowOneAnotherWithoutAGap) {
  ScriptedTransfer transfer({10, 10, 10, 10, 10, 500, 2000, 300, 100});
  loop(transfer).ping(signs_, 0, 2000, end_ns_);
  EXPECT_THAT(windows(), ElementsAre(std::pair{4, 65}, std::pair{2, 520}, std::pair{3, 2410}));
}

// Each turn of 6 ns fills a window of 223 / 32 = 6 ns, and 37 turns fill the phase. Catches a window beyond
// those that there is room for.
TEST_F(PingPongLoop, KeepsAtMostSoManyWindows) {
  ScriptedTransfer transfer(std::vector<std::uint64_t>(39, 1));
  EXPECT_EQ(loop(transfer).ping(signs_, 0, 223, end_ns_), 39U);
  ASSERT_EQ(windows().size(), kWindows);
  EXPECT_EQ(windows().front(), (std::pair<std::uint64_t, std::uint64_t>{1, 11}));
  EXPECT_EQ(windows().back(), (std::pair<std::uint64_t, std::uint64_t>{39 - 31, 234 - 11 - 30 * 6}));
}

// Catches a stop sign that goes up while a message is on its way, which the peer would take for the last, and
// a last message that is not marked.
TEST_F(PingPongLoop, AnnouncesTheLastMessageBeforeItIsSent) {
  ScriptedTransfer transfer({100, 1900, 200, 300});
  std::vector<bool> announced;
  std::vector<bool> marked;
  const std::byte plain = transfer.buffers().source().front();
  transfer.on_send = [&] {
    announced.push_back(signs_.last);
    marked.push_back(transfer.buffers().source().front() != plain);
  };
  transfer.on_receive = [&] { EXPECT_EQ(signs_.last, announced.back()); };
  loop(transfer).ping(signs_, 0, 2000, end_ns_);
  EXPECT_THAT(announced, ElementsAre(false, false, false, true));
  EXPECT_EQ(marked, announced);
}

// Catches a phase of no length that never ends.
TEST_F(PingPongLoop, MakesTwoRoundTripsAtLeast) {
  ScriptedTransfer transfer({100, 200});
  EXPECT_EQ(loop(transfer).ping(signs_, 0, 0, end_ns_), 2U);
  EXPECT_EQ(samples().sum_ns, 310U);
  EXPECT_THAT(windows(), ElementsAre(std::pair{2, 310}));
}

// 5 + 10 + 5 + 10 and the next send; then 10 + 5 + 10.
TEST_F(PingPongLoop, AFloorMakesAllFourMoves) {
  ScriptedTransfer transfer({10, 10, 10, 10});
  EXPECT_EQ(loop<Delivery::none>(transfer).ping(signs_, 0, 0, end_ns_), 2U);
  EXPECT_EQ(transfer.sent(), 4U);
  EXPECT_THAT(samples().histogram.buckets(), ElementsAre(HistogramBucket{25, 1}, HistogramBucket{35, 1}));
}

// The consumer reads its clock 60 ns after the send began, and its answer is there 40 ns later. Reading the
// clock takes 1 ns.
TEST_F(PingPongLoop, OneWayTimesEndWithTheConsumersReading) {
  ScriptedClock::reading_ns = 1;
  ScriptedTransfer transfer({95, 95, 95});
  transfer.on_receive = [&, slot = 0U]() mutable {
    control().received[slot++ % 2].ns = ScriptedClock::time_ns - 40;
  };
  EXPECT_EQ(loop(transfer).ping_oneway(signs_, 5000, 100, end_ns_), 3U);
  EXPECT_THAT(samples().histogram.buckets(), ElementsAre(HistogramBucket{60, 3}));
  EXPECT_EQ(samples().sum_ns, 180U);
  EXPECT_EQ(control().rest_ns, 3 * 41U);
  EXPECT_EQ(end_ns_ - 5000, samples().sum_ns + control().rest_ns);
}

// A message's time of receipt is read when the next one is on its way, so the consumer must not overwrite it.
// Here it receives each message as it is sent, and the times are 10, 20 and 30 ns.
TEST_F(PingPongLoop, OneWayTimesAreReadAfterTheNextSend) {
  ScriptedTransfer transfer({95, 95, 95});
  transfer.on_send = [&, number = 0U]() mutable {
    control().received[number % 2].ns = ScriptedClock::time_ns + 10 * (number + 1);
    ++number;
  };
  loop(transfer).ping_oneway(signs_, 0, 100, end_ns_);
  EXPECT_THAT(samples().histogram.buckets(),
              ElementsAre(HistogramBucket{10, 1}, HistogramBucket{20, 1}, HistogramBucket{30, 1}));
}

// Catches a negative time that becomes one of centuries, and a sum that is wrong for it.
TEST_F(PingPongLoop, AConsumerWhoseClockIsBehindTakesNoTime) {
  ScriptedTransfer transfer({95, 95});
  loop(transfer).ping_oneway(signs_, 0, 0, end_ns_);
  EXPECT_EQ(samples().max_ns, 0U);
  EXPECT_EQ(control().rest_ns, end_ns_);
}

// The consumer's time has to be there before the answer is. Catches a store after the send.
TEST_F(PingPongLoop, TheConsumerStoresItsTimeBeforeItAnswers) {
  ScriptedTransfer transfer({100, 200, 300});
  std::vector<std::uint64_t> seen;
  transfer.on_send = [&] { seen.push_back(control().received[seen.size() % 2].ns); };
  transfer.on_receive = [&] { signs_.last = ScriptedClock::time_ns > 500; };
  EXPECT_EQ(loop(transfer).pong_oneway(signs_), 3U);
  EXPECT_THAT(seen, ElementsAre(100, 305, 610));
}

TEST_F(PingPongLoop, TheConsumerAnswersEachMessageAndMarksTheLast) {
  ScriptedTransfer transfer({100, 200, 300});
  const std::byte plain = transfer.buffers().source().front();
  std::vector<bool> marked;
  transfer.on_send = [&] { marked.push_back(transfer.buffers().source().front() != plain); };
  transfer.on_receive = [&] { signs_.last = ScriptedClock::time_ns > 500; };
  EXPECT_EQ(loop(transfer).pong(signs_), 3U);
  EXPECT_THAT(marked, ElementsAre(false, false, true));
  EXPECT_EQ(control().received[0].ns, 0U);
}

}  // namespace
}  // namespace ipcbench
