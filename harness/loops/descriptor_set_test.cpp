#include "harness/loops/descriptor_set.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace ipcbench {
namespace {

// The set's only idle descriptor takes the lowest number that is free.
int highest_descriptor() {
  const int next = dup(0);
  close(next);
  return next - 1;
}

bool is_readable(int fd) {
  pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&asked, 1, 0) == 1;
}

// An alarm that ends a sleep (without SA_RESTART), so that a set which sleeps for ever fails the test.
class SleepLimit {
 public:
  SleepLimit() {
    struct sigaction action {};
    action.sa_handler = [](int) { alarms = alarms + 1; };
    sigaction(SIGALRM, &action, &before_);
    alarms = 0;
    alarm(30);
  }
  ~SleepLimit() {
    alarm(0);
    sigaction(SIGALRM, &before_, nullptr);
  }
  SleepLimit(const SleepLimit&) = delete;
  SleepLimit& operator=(const SleepLimit&) = delete;

  static inline volatile std::sig_atomic_t alarms = 0;

 private:
  struct sigaction before_ {};
};

// Catches a set that misses its own descriptor, one that an edge is needed for, and an interrupted wait that
// is an error.
TEST(DescriptorSet, WakesForItsOwnAsLongAsThatIsReadable) {
  for (const Wait by : {Wait::poll, Wait::epoll}) {
    for (const std::uint32_t idle : {0U, 50U}) {
      const PipeEnds pipe = make_pipe();
      DescriptorSet set(by, pipe.read.get(), idle);
      EXPECT_EQ(write_all(pipe.write.get(), "x"), 0);
      const SleepLimit limit;
      set.wait();
      set.wait();
      EXPECT_EQ(SleepLimit::alarms, 0) << name_of(by);
      EXPECT_TRUE(is_readable(pipe.read.get()));
      std::array<char, 1> byte{};
      EXPECT_EQ(read(pipe.read.get(), byte.data(), byte.size()), 1);
      alarm(1);
      set.wait();
      EXPECT_EQ(SleepLimit::alarms, 1) << "it did not sleep by " << name_of(by);
    }
  }
}

// Catches a set that asks for all when it need not, or leaves its own out then. An idle descriptor that was
// closed is reported by poll(2) at once, as POLLNVAL.
TEST(DescriptorSet, LeavesIdleOnesOutWhileItVerifies) {
  const PipeEnds pipe = make_pipe();
  std::atomic<Phase> phase = Phase::verifying;
  DescriptorSet set(Wait::poll, pipe.read.get(), 1, &phase);
  const int idle = highest_descriptor();
  close(idle);
  const SleepLimit limit;
  alarm(1);
  set.wait();
  EXPECT_EQ(SleepLimit::alarms, 1) << "it did not sleep";
  phase = Phase::timed;
  set.wait();
  EXPECT_EQ(SleepLimit::alarms, 1) << "it slept";
  EXPECT_EQ(open("/dev/null", O_RDONLY | O_CLOEXEC), idle);  // which the set closes
}

}  // namespace
}  // namespace ipcbench
