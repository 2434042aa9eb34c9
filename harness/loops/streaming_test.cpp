#include "harness/loops/streaming.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "harness/testing/scripted_transfer.hpp"

namespace ipcbench {
namespace {

// What the streaming loops record, over a transfer and a clock that play out a script.
class StreamingLoop : public ::testing::Test {
 protected:
  using Loop = Streaming<Delivery::reliable, Payload::copy, ScriptedTransfer, ScriptedClock>;

  StreamingLoop() {
    ScriptedClock::start_at(0);
    control_->samples.histogram.clear();
    control_->lag.histogram.clear();
  }
  ControlBlock& control() { return *control_; }

  StopSigns signs_;
  std::uint64_t end_ns_ = 0;

 private:
  std::unique_ptr<ControlBlock> control_ = std::make_unique<ControlBlock>();
};

// 20 sends of 5 ns in 100 ns, and one more that is announced and marked. Catches an announcement that comes
// after its message.
TEST_F(StreamingLoop, AnnouncesHowManyItSendsBeforeTheLast) {
  ScriptedTransfer transfer({});
  std::vector<std::uint64_t> limits;
  const std::byte plain = transfer.buffers().source().front();
  std::size_t marked = 0;
  transfer.on_send = [&] {
    limits.push_back(signs_.limit);
    if (transfer.buffers().source().front() != plain) ++marked;
  };
  EXPECT_EQ(Loop(control(), transfer).send_all(signs_, 100), 21U);
  ASSERT_EQ(limits.size(), 21U);
  EXPECT_EQ(limits[19], UINT64_MAX);
  EXPECT_EQ(limits[20], 21U);
  EXPECT_EQ(marked, 1U);
}

// The first phase has a window per message and finds that four fill 100 ns, a 32nd of the next phase.
TEST_F(StreamingLoop, TheConsumerKeepsTimeAndWindows) {
  ScriptedTransfer transfer({10, 20, 30, 40, 10, 20, 30, 40, 11, 21, 31, 41, 7});
  control().job.timed_ns = 3200;
  Loop loop(control(), transfer);
  signs_.limit = 4;
  EXPECT_EQ(loop.receive_all(signs_, end_ns_), 4U);
  EXPECT_EQ(end_ns_, 100U);
  EXPECT_THAT(windows_of(control()),
              ::testing::ElementsAre(std::pair{1, 10}, std::pair{1, 20}, std::pair{1, 30}, std::pair{1, 40}));
  control().window_count = 0;
  signs_.limit = 9;
  EXPECT_EQ(loop.receive_all(signs_, end_ns_), 9U);
  EXPECT_EQ(end_ns_, 311U);
  EXPECT_THAT(windows_of(control()), ::testing::ElementsAre(std::pair{4, 100}, std::pair{4, 104}));
}

// The times of messages that are due after 0, 100, 200 and 300 ns.
struct FourTimes {
  std::array<std::uint64_t, 4> due_ns{0, 100, 200, 300};
  std::array<std::uint64_t, 4> sent_ns{};
  std::array<std::uint64_t, 5> received_ns{};

  PacedTimes get() { return {due_ns, sent_ns, received_ns}; }
};

// The second send takes 155 ns, so the third is late: the clock, which takes 1 ns to read, shows 1256.
TEST_F(StreamingLoop, PacedMessagesAreSentWhenTheyAreDue) {
  ScriptedClock::start_at(900);
  ScriptedClock::reading_ns = 1;
  ScriptedTransfer transfer({});
  std::vector<std::uint64_t> began_ns;
  std::vector<std::uint64_t> limits;
  transfer.on_send = [&] {
    began_ns.push_back(ScriptedClock::time_ns);
    limits.push_back(signs_.limit);
    if (began_ns.size() == 2) ScriptedClock::time_ns += 150;
  };
  FourTimes times;
  EXPECT_EQ(Loop(control(), transfer).send_paced(signs_, times.get(), 1000, 400), 4U);
  EXPECT_THAT(began_ns, ::testing::ElementsAre(1000, 1100, 1256, 1300));
  EXPECT_THAT(times.sent_ns, ::testing::ElementsAre(1000, 1100, 1256, 1300));
  EXPECT_THAT(limits, ::testing::ElementsAre(UINT64_MAX, UINT64_MAX, UINT64_MAX, 4));
  EXPECT_GE(ScriptedClock::time_ns, 1400U);  // the end of the phase
}

// Notes after how many sends its batch was handed over.
class HandingOver : public ScriptedTransfer {
 public:
  static constexpr bool kBatches = true;
  HandingOver() : ScriptedTransfer({}) {}
  void hand_over() { handed_over.push_back(sent()); }

  std::vector<std::size_t> handed_over;
};

// Catches a last batch that waits for messages which never come. Its peer would wait for ever.
TEST_F(StreamingLoop, TheLastBatchIsHandedOverAtTheEnd) {
  using BatchLoop = Streaming<Delivery::reliable, Payload::copy, HandingOver, ScriptedClock>;
  HandingOver transfer;
  EXPECT_EQ(BatchLoop(control(), transfer).send_all(signs_, 100), 21U);
  EXPECT_THAT(transfer.handed_over, ::testing::ElementsAre(21));
  ScriptedClock::start_at(900);
  ScriptedClock::reading_ns = 1;
  HandingOver paced;
  FourTimes times;
  EXPECT_EQ(BatchLoop(control(), paced).send_paced(signs_, times.get(), 1000, 400), 4U);
  EXPECT_THAT(paced.handed_over, ::testing::ElementsAre(4));
}

TEST_F(StreamingLoop, TheConsumerNotesWhenPacedMessagesCame) {
  ScriptedClock::start_at(1000);
  ScriptedTransfer transfer({50, 100, 140, 110});
  signs_.limit = 4;
  FourTimes times;
  EXPECT_EQ(Loop(control(), transfer).receive_paced(signs_, times.get(), end_ns_), 4U);
  EXPECT_THAT(times.received_ns, ::testing::ElementsAre(1050, 1150, 1290, 1400, 0));
  EXPECT_EQ(end_ns_, 1400U);
}

}  // namespace
}  // namespace ipcbench
