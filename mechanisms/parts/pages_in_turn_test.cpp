// Pages that wait in a pipe, and are not to be lent again.
#include "mechanisms/parts/pages_in_turn.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

namespace ipcbench {
namespace {

// A reader that is as late as can be: the pipe is always full.
class FullPipe {
 public:
  explicit FullPipe(std::size_t held) : held_(held) {}

  [[nodiscard]] bool has(const std::byte* page) const {
    return std::ranges::find(pages_, page) != pages_.end();
  }
  void add(const std::byte* page) {
    pages_.push_back(page);
    if (pages_.size() > held_) pages_.pop_front();
  }

 private:
  std::size_t held_;
  std::deque<const std::byte*> pages_;
};

// Lends pages to messages of those lengths, and counts the pages that were lent while they were in the pipe.
std::size_t lent_too_early(std::size_t held, const std::vector<std::size_t>& lengths) {
  PagesInTurn pages(held, *std::ranges::max_element(lengths));
  FullPipe pipe(held);
  std::size_t early = 0;
  for (const std::size_t n : lengths) {
    const std::byte* const message = pages.place(n);
    for (std::size_t at = 0; at < n; at += page_bytes()) early += pipe.has(message + at) ? 1U : 0U;
    for (std::size_t at = 0; at < n; at += page_bytes()) pipe.add(message + at);
    pages.next(n);
  }
  return early;
}

// Catches too few pages: with messages of one length, where none fits at the end, and of all lengths mixed.
TEST(PagesInTurn, AreNotLentWhileThePipeHasThem) {
  std::mt19937 random(1);
  for (const std::size_t held : {1U, 2U, 16U}) {
    for (const std::size_t pages : {1U, 2U, 3U, 5U, 17U}) {
      std::vector<std::size_t> lengths(200, pages * page_bytes());
      EXPECT_EQ(lent_too_early(held, lengths), 0U) << pages << " pages in a pipe of " << held;
      std::uniform_int_distribution<std::size_t> any(1, pages * page_bytes());
      std::ranges::generate(lengths, [&] { return any(random); });
      EXPECT_EQ(lent_too_early(held, lengths), 0U) << "up to " << pages << " pages in a pipe of " << held;
    }
  }
}

// Catches two messages on one page, of which the second would be written while the first is in the pipe, and
// a place that moves while a message waits for room.
TEST(PagesInTurn, GivesEachMessagePagesOfItsOwn) {
  PagesInTurn pages(16, 10);
  const std::byte* const first = pages.place(10);
  EXPECT_EQ(pages.place(10), first);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % page_bytes(), 0U);
  pages.next(10);
  EXPECT_EQ(pages.place(10), first + page_bytes());
}

}  // namespace
}  // namespace ipcbench
