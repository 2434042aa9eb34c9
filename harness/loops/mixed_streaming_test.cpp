// What the loops of a mix send and receive, over a clock and a messenger that play out a script.
#include "harness/loops/mixed_streaming.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "harness/testing/scripted_transfer.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;

// A send takes 5 ns and a receipt 10.
class ScriptedMessenger final : public Messenger {
 public:
  ScriptedMessenger() : Messenger(8) {}

  void send_copied() override {
    const auto message = buffers().source();
    lengths.push_back(message.size());
    marked.push_back(message.front() != std::byte{0} && message.back() != std::byte{0});
    ScriptedClock::time_ns += 5;
  }
  void receive_copied() override {
    lengths.push_back(buffers().sink().size());
    ScriptedClock::time_ns += 10;
  }

  std::vector<std::size_t> lengths;
  std::vector<bool> marked;
};

// Messages of 8 and 2 bytes in the order long, short, short, long, due after 0, 100, 200 and 300 ns.
class MixLoop : public ::testing::Test {
 protected:
  MixLoop() {
    ScriptedClock::start_at(1000);
    control_->job.pattern = Pattern::paced;
    control_->job.wait = Wait::spin;
    control_->job.load = load_of(parse_mix("8@1+2@2"), Arrivals::constant);
  }
  std::uint64_t send() {
    return MixedStreaming<ScriptedClock>(*control_, messenger_).send(signs_, times_, 1000, 400);
  }
  std::uint64_t receive() {
    return MixedStreaming<ScriptedClock>(*control_, messenger_).receive(signs_, times_, end_ns_);
  }

  std::unique_ptr<ControlBlock> control_ = std::make_unique<ControlBlock>();
  ScriptedMessenger messenger_;
  StopSigns signs_;
  std::uint64_t end_ns_ = 0;
  std::array<std::uint64_t, 4> due_ns_{0, 100, 200, 300};
  std::array<std::uint64_t, 4> sent_ns_{};
  std::array<std::uint64_t, 5> received_ns_{};
  std::array<std::uint8_t, 4> stream_{0, 1, 1, 0};
  PacedTimes times_{due_ns_, sent_ns_, received_ns_, stream_};
};

// Catches messages of one length, a length of the message before or after, and a mark in a place where the
// last message does not reach.
TEST_F(MixLoop, SendsEachMessageInItsOwnLength) {
  ScriptedClock::reading_ns = 1;
  EXPECT_EQ(send(), 4U);
  EXPECT_THAT(messenger_.lengths, ElementsAre(8, 2, 2, 8));
  EXPECT_THAT(messenger_.marked, ElementsAre(false, false, false, true));
  EXPECT_EQ(signs_.limit, 4U);
  EXPECT_THAT(sent_ns_, ElementsAre(1001, 1100, 1200, 1300));
  EXPECT_GE(ScriptedClock::time_ns, 1400U);  // the end of the phase
}

// The third message comes last. Its length remains for the check that follows.
TEST_F(MixLoop, ReceivesEachMessageInItsOwnLength) {
  signs_.limit = 3;
  EXPECT_EQ(receive(), 3U);
  EXPECT_THAT(messenger_.lengths, ElementsAre(8, 2, 2));
  EXPECT_EQ(messenger_.buffers().sink().size(), 2U);
  EXPECT_THAT(received_ns_, ElementsAre(1010, 1020, 1030, 0, 0));
  EXPECT_EQ(end_ns_, 1030U);
}

// Each number is in the first bytes and, from 16 bytes on, in the last. Catches a checked mix without
// numbers: here nobody writes what is received, so that the second message has the number of the first.
TEST_F(MixLoop, ChecksTheNumbersOfEachMessage) {
  control_->job.payload = Payload::checked;
  signs_.limit = 2;
  messenger_.numbers().restart(NumberOrder::next, 0);
  receive();
  EXPECT_TRUE(messenger_.numbers().wrong().has_value());
}

}  // namespace
}  // namespace ipcbench
