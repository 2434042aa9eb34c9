// What the loop with pauses records, over a clock and a messenger that play out a script.
#include "harness/loops/paused_ping_pong.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "harness/testing/scripted_transfer.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;

// A send takes 5 ns, the answers as long as the script says.
class ScriptedAnswers final : public Messenger {
 public:
  explicit ScriptedAnswers(std::vector<std::uint64_t> waits_ns)
      : Messenger(64), waits_ns_(std::move(waits_ns)), plain_(buffers().source().front()) {}

  void send_copied() override {
    sent_at.push_back(ScriptedClock::time_ns);
    marked.push_back(buffers().source().front() != plain_);
    if (on_send) on_send();
    ScriptedClock::time_ns += 5;
  }
  void receive_copied() override { ScriptedClock::time_ns += waits_ns_.at(received_++); }

  std::vector<std::uint64_t> sent_at;
  std::vector<bool> marked;
  std::function<void()> on_send;

 private:
  std::vector<std::uint64_t> waits_ns_;
  std::byte plain_;
  std::size_t received_ = 0;
};

class PausedLoop : public ::testing::Test {
 protected:
  PausedLoop() {
    ScriptedClock::start_at(0);
    control_->samples.histogram.clear();
    control_->job.wait = Wait::block;
    control_->job.idle_ns = 1000;
  }
  std::uint64_t ping(ScriptedAnswers& answers, std::uint64_t duration_ns) {
    return PausedPingPong<ScriptedClock>(*control_, answers).ping(signs_, 5000, duration_ns, end_ns_);
  }
  ControlBlock& control() { return *control_; }
  Samples& samples() { return control_->samples; }

  StopSigns signs_;
  std::uint64_t end_ns_ = 0;

 private:
  std::unique_ptr<ControlBlock> control_ = std::make_unique<ControlBlock>();
};

// Messages leave at 1000, 2105 and 3310; the last is the first beyond 3000. Catches a pause that is part of a
// sample, one that is left out, and samples that do not add up with the pauses to the elapsed time.
TEST_F(PausedLoop, PausesBeforeEachMessageOutsideOfItsTime) {
  ScriptedAnswers answers({100, 200, 300});
  EXPECT_EQ(ping(answers, 3000), 3U);
  EXPECT_THAT(answers.sent_at, ElementsAre(1000, 2105, 3310));
  EXPECT_THAT(samples().histogram.buckets(),
              ElementsAre(HistogramBucket{105, 1}, HistogramBucket{205, 1}, HistogramBucket{304, 1}));
  EXPECT_EQ(samples().sum_ns, 615U);
  EXPECT_EQ(control().rest_ns, 3000U);
  EXPECT_EQ(end_ns_, 5000U + 3615U);
}

// Each reading of the clock takes 1 ns, and no sleep is allowed: the clock would jump to the due time.
TEST_F(PausedLoop, AnEndThatSpinsWatchesTheClock) {
  control().job.wait = Wait::spin;
  ScriptedClock::reading_ns = 1;
  ScriptedAnswers answers({100});
  EXPECT_EQ(ping(answers, 0), 1U);
  EXPECT_GE(answers.sent_at.front(), 1000U);
  EXPECT_GE(control().rest_ns, 1000U);
}

// The peer looks at the sign after each message. Catches a sign that goes up while an earlier one is on its
// way, and a last message that is not marked.
TEST_F(PausedLoop, AnnouncesTheLastMessageBeforeItIsSent) {
  ScriptedAnswers answers({100, 200, 300});
  std::vector<bool> announced;
  answers.on_send = [&] { announced.push_back(signs_.last); };
  ping(answers, 3000);
  EXPECT_THAT(announced, ElementsAre(false, false, true));
  EXPECT_EQ(answers.marked, announced);
}

// Windows of 3200 / 32 = 100 ns: each round trip begins one, and its time has no pause. Catches drift that
// would only be that of the pauses.
TEST_F(PausedLoop, WindowsHaveTheTimeOfTheMessagesAlone) {
  ScriptedAnswers answers({100, 200, 300});
  ping(answers, 3000);
  EXPECT_THAT(windows_of(control()), ElementsAre(std::pair{1, 105}, std::pair{1, 205}, std::pair{1, 305}));
}

// Nobody answers here, so that the number does not come back. Catches a checked cell that is not checked.
TEST_F(PausedLoop, ChecksTheNumbersOfCheckedMessages) {
  control().job.payload = Payload::checked;
  ScriptedAnswers answers({100, 200, 300});
  answers.numbers().restart(NumberOrder::next, 0);
  ping(answers, 3000);
  EXPECT_TRUE(answers.numbers().wrong().has_value());
}

}  // namespace
}  // namespace ipcbench
