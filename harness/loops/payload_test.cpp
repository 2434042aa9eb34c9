#include "harness/loops/payload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

std::vector<std::byte> message(std::size_t bytes, std::uint64_t sequence) {
  std::vector<std::byte> result(bytes);
  fill_verified(result, sequence);
  return result;
}

// A consumer that reads what another process wrote needs one byte order: little-endian.
TEST(Payload, StartsWithTheSequenceNumber) {
  const auto bytes = message(8, 0x0102030405060708);
  EXPECT_EQ(bytes[0], std::byte{0x08});
  EXPECT_EQ(bytes[7], std::byte{0x01});
}

TEST(Payload, AcceptsWhatWasSentAtEverySize) {
  for (const std::size_t size : {1U, 2U, 7U, 8U, 9U, 15U, 16U, 63U, 4097U}) {
    EXPECT_EQ(check_verified(message(size, 258), 258), std::nullopt) << size;
  }
}

// Catches a check that looks at the header only, or misses the last, odd bytes.
TEST(Payload, NamesTheCorruptedByte) {
  for (const std::size_t at : {0U, 8U, 20U, 98U}) {
    auto bytes = message(99, 5);
    bytes[at] ^= std::byte{0x80};
    EXPECT_THAT(check_verified(bytes, 5),
                Optional(HasSubstr("message 5 is corrupted: byte " + std::to_string(at) + " of 99")))
        << at;
  }
}

// A lost message must not be called a corrupted one.
TEST(Payload, TellsALostMessageFromACorruptedOne) {
  EXPECT_THAT(check_verified(message(100, 7), 6),
              Optional(HasSubstr("message 7 arrived where message 6 was due")));
  EXPECT_THAT(check_verified(message(1, 7), 6),
              Optional(HasSubstr("message 7 arrived where message 6 was due")));
}

// Catches messages whose bodies are alike, so that an old body behind a new number would pass, and bodies of
// equal words, so that blocks that changed places would pass.
TEST(Payload, EveryWordDependsOnMessageAndPlace) {
  auto stale = message(64, 7);
  std::ranges::copy_n(message(64, 6).begin() + 8, 56, stale.begin() + 8);
  EXPECT_THAT(check_verified(stale, 7), Optional(HasSubstr("message 7 is corrupted: byte 8 of 64")));
  auto swapped = message(64, 7);
  std::swap_ranges(swapped.begin() + 16, swapped.begin() + 24, swapped.begin() + 40);
  EXPECT_THAT(check_verified(swapped, 7), Optional(HasSubstr("message 7 is corrupted")));
}

// Catches a mark at the beginning only, which a message cut short would also have.
TEST(Payload, TheLastMessageIsMarkedAtBothEnds) {
  auto marked = message(20, 0);
  mark_as_last(marked);
  const auto plain = message(20, 0);
  EXPECT_NE(marked.front(), plain.front());
  EXPECT_NE(marked.back(), plain.back());
  mark_as_last(marked);
  EXPECT_EQ(marked, plain);
}

// A buffer of zeros, or one that nobody wrote to, must not pass as message 0.
TEST(Payload, RefusesAnUnwrittenBuffer) {
  EXPECT_NE(check_verified(std::vector<std::byte>(100), 0), std::nullopt);
}

TEST(Payload, CopyMovesEveryByteBothWays) {
  const auto sent = message(77, 3);
  std::vector<std::byte> room(77);
  produce<Payload::copy>(room, sent.data());
  std::vector<std::byte> sink(77);
  consume<Payload::copy>(room, sink.data());
  EXPECT_EQ(sink, sent);
}

// scan writes the whole loan, odd tail included, and reads without a sink.
TEST(Payload, ScanGeneratesInPlace) {
  std::array<std::byte, 19> room;
  room.fill(std::byte{0xee});
  produce<Payload::scan>(room, nullptr);
  EXPECT_EQ(room[0], std::byte{0});
  EXPECT_EQ(room[8], std::byte{8});
  EXPECT_EQ(room[18], std::byte{18});
  consume<Payload::scan>(room, nullptr);
}

TEST(Payload, UntouchedLeavesTheLoanAlone) {
  std::array<std::byte, 4> room;
  room.fill(std::byte{0xee});
  produce<Payload::untouched>(room, nullptr);
  EXPECT_EQ(room[3], std::byte{0xee});
}

}  // namespace
}  // namespace ipcbench
