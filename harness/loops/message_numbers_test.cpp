#include "harness/loops/message_numbers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;
using Numbered = std::vector<std::byte>;

// The next `count` messages of an end.
std::vector<Numbered> numbered(MessageNumbers& numbers, std::size_t count, std::size_t bytes) {
  std::vector<Numbered> messages(count, Numbered(bytes));
  for (Numbered& message : messages) numbers.write(message);
  return messages;
}

std::optional<std::string> wrong_in(const std::vector<Numbered>& messages,
                                    NumberOrder order = NumberOrder::next) {
  MessageNumbers numbers;
  numbers.restart(order, 0);
  for (const Numbered& message : messages) numbers.check(message);
  return numbers.wrong();
}

class NumberedMessages : public ::testing::TestWithParam<std::size_t> {
 protected:
  std::vector<Numbered> ten() {
    MessageNumbers numbers;
    return numbered(numbers, 10, GetParam());
  }
};

TEST_P(NumberedMessages, PassInOrder) { EXPECT_EQ(wrong_in(ten()), std::nullopt); }

// Catches a loss that a repetition hides from the count, and one reported for every message behind it.
TEST_P(NumberedMessages, ShowALossBesideARepetition) {
  auto messages = ten();
  messages[4] = messages[3];
  EXPECT_THAT(wrong_in(messages), Optional(HasSubstr("message 3 arrived where message 4 was due")));
  messages = ten();
  messages.erase(messages.begin() + 4);
  if (GetParam() < 8) return;  // the numbers of short messages cannot tell how many are missing
  EXPECT_THAT(wrong_in(messages), Optional(::testing::EndsWith("out of order")));
}

TEST_P(NumberedMessages, ShowASwap) {
  auto messages = ten();
  std::swap(messages[6], messages[7]);
  EXPECT_THAT(wrong_in(messages), Optional(HasSubstr("message 7 arrived where message 6 was due")));
  EXPECT_NE(wrong_in(messages, NumberOrder::ascending), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(OfAnyLength, NumberedMessages, ::testing::Values(1, 7, 8, 15, 16, 64));

// Catches numbers that do not wrap as one byte does.
TEST(MessageNumbersTest, OfOneByteWrap) {
  MessageNumbers numbers;
  EXPECT_EQ(wrong_in(numbered(numbers, 600, 1)), std::nullopt);
}

TEST(MessageNumbersTest, ShowATear) {
  for (const std::size_t bytes : {16U, 17U, 4096U}) {
    MessageNumbers numbers;
    auto messages = numbered(numbers, 10, bytes);
    std::copy(messages[2].end() - 8, messages[2].end(), messages[3].end() - 8);
    EXPECT_THAT(wrong_in(messages), Optional(HasSubstr("message 3 is torn: it ends as message 2")));
  }
}

TEST(MessageNumbersTest, AscendingOnesMayBeMissingButNotRepeated) {
  MessageNumbers numbers;
  auto messages = numbered(numbers, 10, 8);
  messages.erase(messages.begin() + 2, messages.begin() + 5);
  EXPECT_EQ(wrong_in(messages, NumberOrder::ascending), std::nullopt);
  messages[4] = messages[3];
  EXPECT_NE(wrong_in(messages, NumberOrder::ascending), std::nullopt);
}

// Two producers' messages, one after the other's. Catches producers that are mixed up.
TEST(MessageNumbersTest, OfSeveralProducersAreInOrderForEach) {
  std::vector<Numbered> messages;
  MessageNumbers first;
  MessageNumbers second;
  first.restart(NumberOrder::of_producer, 0);
  second.restart(NumberOrder::of_producer, 63);
  for (int i = 0; i < 5; ++i) {
    messages.push_back(numbered(first, 1, 8)[0]);
    messages.push_back(numbered(second, 1, 8)[0]);
  }
  EXPECT_EQ(wrong_in(messages, NumberOrder::of_producer), std::nullopt);
  messages[7] = messages[5];
  EXPECT_THAT(wrong_in(messages, NumberOrder::of_producer),
              Optional(HasSubstr("message 2 of producer 64 arrived where message 3 of producer 64 was due")));
}

// Catches numbers of the warm-up that go on into the timed phase.
TEST(MessageNumbersTest, StartAgain) {
  MessageNumbers numbers;
  numbers.check(numbered(numbers, 2, 8)[1]);
  EXPECT_NE(numbers.wrong(), std::nullopt);
  numbers.restart(NumberOrder::next, 0);
  for (const Numbered& message : numbered(numbers, 3, 8)) numbers.check(message);
  EXPECT_EQ(numbers.wrong(), std::nullopt);
  EXPECT_EQ(numbers.sum(), 0U + 1 + 2);
}

}  // namespace
}  // namespace ipcbench
