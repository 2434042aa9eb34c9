// The waiting strategies and the transfer loops, over ends that play out a script.
#include "harness/loops/transfer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace ipcbench {
namespace {

// Refuses `refusals` times before each message, shows at most `piece` bytes at once, and logs its verbs:
// t(ry), p(ark), r(elease), u(npark).
class ScriptedReceiver {
 public:
  ScriptedReceiver(std::size_t piece, int refusals) : piece_(piece), refusals_(refusals), left_(refusals) {}

  std::span<const std::byte> peek(std::size_t n) {
    log += 't';
    if (left_-- > 0) return {};
    return {content.data() + at_, std::min(n, piece_)};
  }
  void release() {
    log += 'r';
    at_ += piece_;
    left_ = refusals_;
  }
  void park() {
    log += 'p';
    left_ = 0;
  }
  void unpark_peer() { log += 'u'; }

  std::string log;
  std::array<std::byte, 8> content{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};

 private:
  std::size_t piece_;
  int refusals_;
  int left_;
  std::size_t at_ = 0;
};

template <Wait W>
std::string log_of_receive(std::size_t piece, int refusals) {
  ScriptedReceiver receiver(piece, refusals);
  Waiter<W> waiter(false);
  std::array<std::byte, 4> sink{};
  receive_message<W, Payload::copy>(waiter, receiver, sink);
  EXPECT_EQ(std::memcmp(sink.data(), receiver.content.data(), sink.size()), 0);
  return receiver.log;
}

TEST(Waiter, BlockSleepsWhenThereIsNothing) { EXPECT_EQ(log_of_receive<Wait::block>(4, 1), "tptru"); }
TEST(Waiter, BlockDoesNotSleepWhenThereIsSomething) { EXPECT_EQ(log_of_receive<Wait::block>(4, 0), "tru"); }

// A peer that spins needs no waking, and waking costs a fence for each message.
TEST(Waiter, SpinNeitherSleepsNorWakes) { EXPECT_EQ(log_of_receive<Wait::spin>(4, 3), "ttttr"); }

// An event loop asks for readiness before it reads.
TEST(Waiter, PollAsksFirst) { EXPECT_EQ(log_of_receive<Wait::poll>(4, 1), "ptru"); }

// It spins first (eight tries between two readings of the clock, 20 us in all) and sleeps in the end.
TEST(Waiter, AdaptiveSpinsThenSleeps) {
  const std::string log = log_of_receive<Wait::adaptive>(4, 100'000'000);
  EXPECT_GT(log.find('p'), 8U);
  EXPECT_EQ(log.substr(log.find('p')), "ptru");
}
TEST(Waiter, AdaptiveTakesAShortWaitAwake) { EXPECT_EQ(log_of_receive<Wait::adaptive>(4, 3), "ttttru"); }

// Each piece is released and its room announced before the next is asked for.
TEST(Transfer, ReceivesInPieces) { EXPECT_EQ(log_of_receive<Wait::block>(2, 0), "trutru"); }

class ScriptedSender {
 public:
  explicit ScriptedSender(std::size_t room) : room_(room) {}
  std::span<std::byte> loan(std::size_t n) {
    log += 'l';
    return {buffer_.data(), std::min(n, room_)};
  }
  bool commit(std::size_t n) {
    log += 'c';
    if (refuse_commit-- > 0) return false;
    sent.insert(sent.end(), buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(n));
    return true;
  }
  void park() { log += 'p'; }

  std::string log;
  std::vector<std::byte> sent;
  int refuse_commit = 0;

 private:
  std::array<std::byte, 16> buffer_{};
  std::size_t room_;
};

TEST(Transfer, SendsInAsManyPiecesAsTheRoomTakes) {
  ScriptedSender sender(3);
  Waiter<Wait::block> waiter(false);
  const std::array message{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}};
  send_message<Wait::block, Payload::copy>(waiter, sender, message);
  EXPECT_EQ(sender.log, "lclc");
  EXPECT_EQ(sender.sent, std::vector<std::byte>(message.begin(), message.end()));
}

// A refused commit is repeated, not the whole message.
TEST(Transfer, RepeatsOnlyTheCommitThatWasRefused) {
  ScriptedSender sender(8);
  sender.refuse_commit = 2;
  Waiter<Wait::poll> waiter(false);
  const std::array message{std::byte{1}};
  send_message<Wait::poll, Payload::copy>(waiter, sender, message);
  EXPECT_EQ(sender.log, "lcpcpc");
  EXPECT_EQ(sender.sent.size(), 1U);
}

// Ends for which a thread of the kernel works.
struct HelpedSender : ScriptedSender {
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return 70; }
};
struct HelpedReceiver : ScriptedReceiver {
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return 5; }
};

// Catches a poller that works for an end and that nobody pays for.
TEST(Transfer, AddsTheCpuTimeOfHelpers) {
  HelpedSender sender{ScriptedSender(8)};
  HelpedReceiver receiver{ScriptedReceiver(4, 0)};
  const Waiter<Wait::block> waiter(false);
  using Helped = Transfer<Wait::block, HelpedSender, HelpedReceiver>;
  EXPECT_EQ(Helped(&sender, &receiver, 4, waiter).helper_cpu_ns(), 75U);
  EXPECT_EQ(Helped(&sender, nullptr, 4, waiter).helper_cpu_ns(), 70U);
  ScriptedSender alone(8);
  using Unhelped = Transfer<Wait::block, ScriptedSender, HelpedReceiver>;
  EXPECT_EQ(Unhelped(&alone, nullptr, 4, waiter).helper_cpu_ns(), 0U);
}

// Both ends of a mechanism that holds one message, with a buffer between and without.
class DirectEnd {
 public:
  std::span<std::byte> loan(std::size_t n) { return log += 'l', std::span(buffer).first(n); }
  bool commit(std::size_t) { return log += 'c', true; }
  std::span<const std::byte> peek(std::size_t n) { return log += 'k', std::span(buffer).first(n); }
  void release() { log += 'r'; }
  bool send_from(std::span<const std::byte> message) {
    log += 's';
    if (refusals-- > 0) return false;
    std::ranges::copy(message, buffer.begin());
    return true;
  }
  bool receive_into(std::span<std::byte> into) {
    log += 'i';
    if (refusals-- > 0) return false;
    std::ranges::copy(std::span(buffer).first(into.size()), into.begin());
    return true;
  }

  int refusals = 0;
  std::string log;
  std::array<std::byte, 8> buffer{};
};

// Catches a direct payload that goes through the buffer, is sent once more after it was taken, or is given up
// after a refusal, in the timed loop and in what verifies it.
TEST(Direct, GoesFromTheSourceToTheSink) {
  DirectEnd end;
  end.refusals = 2;
  Transfer<Wait::spin, DirectEnd, DirectEnd> transfer(&end, &end, 4, Waiter<Wait::spin>(false));
  std::ranges::fill(transfer.buffers().source(), std::byte{7});
  transfer.send<Payload::direct>();
  transfer.receive<Payload::direct>();
  EXPECT_EQ(end.log, "sssi");
  EXPECT_EQ(transfer.buffers().sink()[3], std::byte{7});
  end.log.clear();
  transfer.send_copied();
  transfer.receive_copied();
  EXPECT_EQ(end.log, "lckr");
  end.log.clear();
  transfer.verify_directly();
  transfer.send_copied();
  transfer.receive_copied();
  EXPECT_EQ(end.log, "si");
}

}  // namespace
}  // namespace ipcbench
