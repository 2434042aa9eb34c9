#include "harness/loops/in_turn.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {
namespace {

// Shows the pieces that have been put in, one after the other, and notes each time that it is asked.
struct Pieces {
  std::deque<std::string> waiting;
  std::size_t asked = 0;

  std::span<const std::byte> peek(std::size_t n) {
    ++asked;
    if (waiting.empty()) return {};
    return std::as_bytes(std::span(waiting.front())).first(std::min(n, waiting.front().size()));
  }
  void release() { waiting.pop_front(); }
};

class InTurnTest : public ::testing::Test {
 protected:
  // Takes the next piece of a message of which `left` bytes are missing: "-" if there is none.
  std::string take(std::size_t left = 2) {
    const std::span<const std::byte> piece = in_turn_.peek(left);
    if (piece.data() == nullptr) return "-";
    const std::string text(reinterpret_cast<const char*>(piece.data()), piece.size());
    in_turn_.release();
    return text;
  }
  [[nodiscard]] std::size_t asked() const { return links_[0].asked + links_[1].asked + links_[2].asked; }

  std::array<Pieces, 3> links_;
  std::array<Pieces*, 3> all_{&links_[0], &links_[1], &links_[2]};
  InTurn<Pieces> in_turn_{all_};
};

// Catches a consumer that empties one link before it looks at the others.
TEST_F(InTurnTest, GoesOnWithTheNextLinkAfterEachMessage) {
  links_[0].waiting = {"a0", "a1"};
  links_[1].waiting = {"b0"};
  links_[2].waiting = {"c0", "c1"};
  std::string order;
  for (int i = 0; i < 5; ++i) {
    order += take();
    order += std::to_string(in_turn_.link_of_last()) + " ";
  }
  EXPECT_EQ(order, "a00 b01 c02 a10 c12 ");
  EXPECT_EQ(take(), "-");
}

// Catches one that pauses at each empty link, and one that never pauses.
TEST_F(InTurnTest, AsksEachLinkOnceBeforeItGivesUp) {
  EXPECT_EQ(take(), "-");
  EXPECT_EQ(asked(), 3U);
  links_[2].waiting = {"c0"};
  EXPECT_EQ(take(), "c0");
  EXPECT_EQ(asked(), 6U);
}

// Catches two producers' messages that are taken for one.
TEST_F(InTurnTest, StaysWithALinkUntilItsMessageIsWhole) {
  links_[0].waiting = {"a"};
  links_[1].waiting = {"b0"};
  EXPECT_EQ(take(2), "a");
  EXPECT_EQ(take(1), "-");
  EXPECT_EQ(asked(), 2U);
  links_[0].waiting = {"0"};
  EXPECT_EQ(take(1), "0");
  EXPECT_EQ(in_turn_.link_of_last(), 0U);
  EXPECT_EQ(take(2), "b0");
}

// A token has no bytes, and is whole at once.
TEST_F(InTurnTest, TakesATokenFromEachLink) {
  for (Pieces& link : links_) link.waiting = {"", ""};
  for (const std::size_t link : {0U, 1U, 2U, 0U}) {
    EXPECT_EQ(take(0), "");
    EXPECT_EQ(in_turn_.link_of_last(), link);
  }
}

}  // namespace
}  // namespace ipcbench
