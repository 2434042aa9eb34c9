#include "mechanisms/parts/sleeping.hpp"

#include <gtest/gtest.h>

#include <array>

namespace ipcbench {
namespace {

// Counts its waits and posts.
struct Counting {
  explicit Counting(int* counts) : waits(counts), posts(counts + 1) {}
  void wait() const { ++*waits; }
  void post() const { ++*posts; }
  int* waits;
  int* posts;
};

class AnnouncedSleepTest : public ::testing::Test {
 protected:
  void wake(std::uint64_t position = 0) { sleep_.wake(waker_, position); }

  std::array<int, 2> counts_{};  // waits, posts
  AnnouncedSleep<Counting> sleep_{counts_.data()};
  Waker waker_{false};
};

// Catches a system call on every hand-over.
TEST_F(AnnouncedSleepTest, PostsNothingToWhoIsAwake) {
  wake();
  EXPECT_EQ(counts_, (std::array{0, 0}));
}

// Catches an announcement that stays although its sleep did not happen.
TEST_F(AnnouncedSleepTest, IsTakenBackByWhoIsReadyAfterAll) {
  sleep_.sleep_unless([] { return true; }, 0);
  wake();
  EXPECT_EQ(counts_, (std::array{0, 0}));
}

// Catches posts that nobody takes, which would add up. The peer sees the announcement before the sleeper
// looks again.
TEST_F(AnnouncedSleepTest, TakesThePostThatIsUnderWay) {
  const auto wakes = [this] {
    wake();
    return true;
  };
  sleep_.sleep_unless(wakes, 0);
  EXPECT_EQ(counts_, (std::array{1, 1}));
}

// Catches several posts for one sleep.
TEST_F(AnnouncedSleepTest, IsPostedOnce) {
  const auto wakes = [this] {
    wake();
    wake();
    return false;
  };
  sleep_.sleep_unless(wakes, 0);
  EXPECT_EQ(counts_, (std::array{1, 1}));
}

// Catches a sleeper that is woken too early, or never.
TEST_F(AnnouncedSleepTest, IsPostedAtThePositionThatItAskedFor) {
  int posts_before = -1;
  const auto wakes = [&] {
    wake(99);
    posts_before = counts_[1];
    wake(100);
    return false;
  };
  sleep_.sleep_unless(wakes, 100);
  EXPECT_EQ(posts_before, 0);
  EXPECT_EQ(counts_, (std::array{1, 1}));
}

}  // namespace
}  // namespace ipcbench
