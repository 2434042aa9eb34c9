// The verified pass of a pair, over two queues in this process.
#include "harness/loops/verified_pass.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
constexpr std::uint64_t kNoLimitNs = 3'600'000'000'000;

struct PairQueue {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::vector<std::byte>> messages;
  std::uint64_t pushed = 0;
  std::uint64_t damaged = UINT64_MAX;  // the number of a message that is not kept whole

  void wait_for_message() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return !messages.empty(); });
  }
};

class PairMessenger final : public Messenger {
 public:
  PairMessenger(PairQueue& out, PairQueue& in, std::size_t bytes) : Messenger(bytes), out_(out), in_(in) {}

  void send_copied() override {
    const std::lock_guard lock(out_.mutex);
    out_.messages.emplace_back(buffers().source().begin(), buffers().source().end());
    if (out_.pushed++ == out_.damaged) out_.messages.back().back() ^= std::byte{1};
    out_.changed.notify_all();
  }
  void receive_copied() override {
    std::unique_lock lock(in_.mutex);
    in_.changed.wait(lock, [&] { return !in_.messages.empty(); });
    std::copy(in_.messages.front().begin(), in_.messages.front().end(), buffers().sink().begin());
    in_.messages.pop_front();
  }

 private:
  PairQueue& out_;
  PairQueue& in_;
};

class VerifiedPair : public ::testing::Test {
 protected:
  // How many messages the producer and the consumer found correct.
  std::pair<std::uint64_t, std::uint64_t> verified(VerifiedBy by, std::size_t bytes, Settings settings) {
    control_->job.message_bytes = bytes;
    control_->report_settings(settings);
    std::uint64_t there = 0;
    std::thread consumer([&] {
      PairMessenger messenger(back_, there_, bytes);
      try {
        there = verify(Side::consumer, messenger, by);
      } catch (const CheckFailed& error) {
        wrong_ = error.what();
      }
    });
    PairMessenger messenger(there_, back_, bytes);
    const std::uint64_t back = verify(Side::producer, messenger, by);
    consumer.join();
    return {back, there};
  }

  // From when the producer sent the first message until the consumer had it.
  [[nodiscard]] std::int64_t first_message_ns() const {
    const auto at = [&](Side side) {
      return static_cast<std::int64_t>(control_->end({side, 0}).first_message_ns);
    };
    return at(Side::consumer) - at(Side::producer);
  }

  PairQueue there_;
  PairQueue back_;
  std::string wrong_;
  bool streams_overtake_ = false;  // the producer's stream begins before the consumer looks for it

 private:
  std::uint64_t verify(Side side, Messenger& messenger, VerifiedBy by) {
    const Verified verified = verify_ends(*control_, {side, 0}, messenger, by, kNoLimitNs);
    if (by != VerifiedBy::few_echoes) return verified.received;
    control_->barrier.arrive_and_wait();
    if (side == Side::consumer && streams_overtake_) there_.wait_for_message();
    return verified.received + verify_streams(*control_, side, messenger, verified.next, kNoLimitNs);
  }

  std::unique_ptr<ControlBlock> control_ = std::make_unique<ControlBlock>();
};

// Catches a buffer whose end is never reached in the pass: 2 * 64 KiB are 32 messages of 4 KiB, 2 * 1 MiB
// 512.
TEST_F(VerifiedPair, GoesTwiceRoundTheLargestBuffer) {
  EXPECT_EQ(verified(VerifiedBy::stream, 4096, {{"queue_bytes", 1 << 20}, {"queue_depth", 1 << 30}}).second,
            512U);
}
TEST_F(VerifiedPair, KeepsToItsLeastWhereThatIsMore) {
  EXPECT_EQ(verified(VerifiedBy::stream, 4096, {}).second, 64U);
}
TEST_F(VerifiedPair, CountsTokensOnly) {
  EXPECT_EQ(verified(VerifiedBy::few_echoes, 0, {}), (std::pair<std::uint64_t, std::uint64_t>{64, 64}));
}

// 64 echoes, then streams up to 2 * 256 KiB there and back. Catches a way back that is not covered.
TEST_F(VerifiedPair, APingPongCoversBothWays) {
  EXPECT_EQ(verified(VerifiedBy::few_echoes, 4096, {{"ring_bytes", 256 << 10}}),
            (std::pair<std::uint64_t, std::uint64_t>{128, 128}));
  EXPECT_EQ(wrong_, "");
}

// Catches the time of the answer, after which the difference is negative, and that of a later message.
TEST_F(VerifiedPair, TheFirstMessageIsTimedOnItsWayThere) {
  verified(VerifiedBy::few_echoes, 4096, {});
  EXPECT_GT(first_message_ns(), 0);
}

// Catches a consumer that takes the first number of a stream from its peer, which may be further already.
TEST_F(VerifiedPair, AStreamMayBeginBeforeItsReceiverLooks) {
  streams_overtake_ = true;
  EXPECT_EQ(verified(VerifiedBy::few_echoes, 4096, {{"ring_bytes", 256 << 10}}),
            (std::pair<std::uint64_t, std::uint64_t>{128, 128}));
}

// Catches a fault at the place where the buffer wraps, far behind the first 64 messages.
TEST_F(VerifiedPair, FindsAFaultWhereABufferWraps) {
  there_.damaged = 200;
  verified(VerifiedBy::stream, 4096, {{"ring_bytes", 1 << 20}});
  EXPECT_THAT(wrong_, ::testing::HasSubstr("message 400 is corrupted: byte 4095 of 4096"));
}

TEST(BytesToVerify, AreBounded) {
  EXPECT_EQ(bytes_to_verify({}), 128U << 10);
  EXPECT_EQ(bytes_to_verify({{"queue_depth", 1 << 30}}), 128U << 10);
  EXPECT_EQ(bytes_to_verify({{"a_bytes", 4096}, {"b_bytes", 8192}}), 16384U);
  EXPECT_EQ(bytes_to_verify({{"a_bytes", UINT64_MAX}}), 64U << 20);
}

constexpr std::size_t kMessageBytes = 24;

// Hands an end what it sent itself.
class OwnMessagesBack : public Messenger {
 public:
  OwnMessagesBack() : Messenger(kMessageBytes) {}
  void send_copied() override {
    under_way_.emplace_back(buffers().source().begin(), buffers().source().end());
  }
  void receive_copied() override {
    std::ranges::copy(under_way_.front(), buffers().sink().begin());
    under_way_.pop_front();
  }

 private:
  std::deque<std::vector<std::byte>> under_way_;
};

// A mechanism that confuses its two directions must not pass as one that echoes.
TEST(VerifiedPass, OwnMessagesAreNotThePeers) {
  const auto control = std::make_unique<ControlBlock>();
  control->job.message_bytes = kMessageBytes;
  control->verified_sent[static_cast<std::size_t>(Side::consumer)] = 64;  // so that no count reveals it
  OwnMessagesBack messenger;
  EXPECT_THAT(
      [&] {
        verify_ends(*control, {Side::producer, 0}, messenger, VerifiedBy::echo);
      },
      ThrowsMessage<CheckFailed>(HasSubstr("message 0 arrived where message 1 was due")));
}

// Of a chain of three, the last end has to get the second one's messages.
TEST(VerifiedPass, MessagesThatLeaveOutAnEndOfAChainAreNoticed) {
  class FromTheProducer final : public Messenger {
   public:
    FromTheProducer() : Messenger(kMessageBytes) {}
    void send_copied() override {}
    void receive_copied() override { fill_verified(buffers().sink(), 0); }
  };
  const auto control = std::make_unique<ControlBlock>();
  control->job.message_bytes = kMessageBytes;
  control->job.consumers = 2;
  control->verified_sent[place_of({Side::consumer, 0})] = 64;
  FromTheProducer messenger;
  EXPECT_THAT(
      [&] {
        verify_ends(*control, {Side::consumer, 1}, messenger, VerifiedBy::echo);
      },
      ThrowsMessage<CheckFailed>(HasSubstr("message 0 arrived where message 1 was due")));
}

class TokensFromNowhere : public Messenger {
 public:
  TokensFromNowhere() : Messenger(0) {}
  void send_copied() override {}
  void receive_copied() override {}
};

// A token has no number: only the count of those sent reveals one that was invented.
TEST(VerifiedPass, EveryTokenWasSent) {
  const auto control = std::make_unique<ControlBlock>();
  TokensFromNowhere messenger;
  const std::uint64_t messages = messages_to_verify(0);
  control->verified_limit[0] = messages;
  control->verified_sent[0] = messages;
  EXPECT_EQ(verify_ends(*control, {Side::consumer, 0}, messenger, VerifiedBy::stream).received, messages);
  control->verified_sent[0] = messages - 1;
  EXPECT_THAT(
      [&] {
        verify_ends(*control, {Side::consumer, 0}, messenger, VerifiedBy::stream);
      },
      ThrowsMessage<CheckFailed>(HasSubstr("arrived before it was sent")));
}

// One message has no order.
TEST(VerifiedPass, VerifiesSeveralMessagesOfEverySize) {
  EXPECT_EQ(messages_to_verify(0), 64U);
  EXPECT_EQ(messages_to_verify(100'000), 10U);
  EXPECT_EQ(messages_to_verify(std::size_t{16} << 20), 3U);
}

// Buffers whose sink holds what the timed phase ended with.
class LastReceived {
 public:
  LastReceived() { fill_verified(buffers.sink(), 0); }
  Buffers buffers{kMessageBytes};
};

TEST(VerifiedPass, TheLastMessageIsMarked) {
  LastReceived last;
  mark_as_last(last.buffers.sink());
  EXPECT_NO_THROW(check_last_received(last.buffers, false));
}

// Catches a stream that ends with a message that arrived twice, or a payload that nobody read.
TEST(VerifiedPass, AnOrdinaryMessageIsNotTheLast) {
  LastReceived last;
  EXPECT_THAT([&] { check_last_received(last.buffers, false); },
              ThrowsMessage<CheckFailed>(HasSubstr("sent before it")));
  EXPECT_NO_THROW(check_last_received(last.buffers, true));  // over a lossy mechanism it may be lost
  Buffers token(0);
  EXPECT_NO_THROW(check_last_received(token, false));
}

// Catches bytes that are corrupted in the timed phase only.
TEST(VerifiedPass, TheLastMessageIsWhole) {
  LastReceived last;
  mark_as_last(last.buffers.sink());
  last.buffers.sink()[10] ^= std::byte{1};
  EXPECT_THAT([&] { check_last_received(last.buffers, false); },
              ThrowsMessage<CheckFailed>(HasSubstr("byte 10 of 24")));
}

}  // namespace
}  // namespace ipcbench
