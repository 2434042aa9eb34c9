// The experiments on locks, signals and queues, each on objects that behave in opposite ways.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>

#include "bench/study/experiments/crash_of_holder.hpp"
#include "bench/study/experiments/message_queue.hpp"
#include "bench/study/experiments/signal_arrivals.hpp"
#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

// The kernel's and glibc's promises: semop(2), pthread_mutexattr_setrobust(3), fcntl(2). A lock in shared
// memory without an owner that the kernel knows stays held.
TEST(CrashOfHolder, DependsOnTheLock) {
  const std::map<std::string_view, AfterCrash> due{
      {"sysv_semaphore_plain", AfterCrash::held_for_ever},
      {"sysv_semaphore_undo", AfterCrash::freed},
      {"posix_semaphore", AfterCrash::held_for_ever},
      {"mutex_plain", AfterCrash::held_for_ever},
      {"mutex_robust", AfterCrash::freed_and_told},
      {"rwlock", AfterCrash::held_for_ever},
      {"spinlock", AfterCrash::held_for_ever},
      {"ofd_lock", AfterCrash::freed},
  };
  ASSERT_EQ(lock_kinds().size(), due.size());
  for (const LockKind& kind : lock_kinds()) {
    EXPECT_EQ(crash_of_holder(*kind.make()), due.at(kind.name)) << kind.name;
  }
}

// Catches a holder that never held, whose death would say nothing.
TEST(CrashOfHolder, NeedsAHolder) {
  class Refusing final : public SharedLock {
    void take() override { throw std::runtime_error("refused"); }
    int try_take() override { return 0; }
  };
  Refusing lock;
  EXPECT_THROW(crash_of_holder(lock), std::runtime_error);
}

TEST(SignalArrivals, OrdinaryOnesMergeAndRealTimeOnesQueue) {
  const SignalArrivals ordinary = signal_arrivals(SIGUSR1, 10);
  EXPECT_EQ(ordinary.sent, 10);
  EXPECT_EQ(ordinary.arrived, 1);
  EXPECT_TRUE(ordinary.merged());
  const SignalArrivals queued = signal_arrivals(SIGRTMIN, 10);
  EXPECT_EQ(queued.arrived, 10);
  EXPECT_FALSE(queued.merged());
  EXPECT_TRUE(queued.in_order());
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(queued.values[i], static_cast<int>(i));
}

// Catches an order that is always right.
TEST(SignalArrivals, OrderIsThatOfTheValues) {
  SignalArrivals arrivals{.signal = SIGRTMIN, .sent = 3, .arrived = 3, .values = {0, 2, 1}};
  EXPECT_FALSE(arrivals.in_order());
  arrivals.values = {0, 1, 2};
  EXPECT_TRUE(arrivals.in_order());
}

// A queue that keeps the order of sending whatever the ranks.
class PlainQueue final : public MessageQueue {
 public:
  void send(char letter, unsigned) override { letters_.push_back(letter); }
  std::optional<char> receive() override {
    if (letters_.empty()) return std::nullopt;
    const char letter = letters_.front();
    letters_.pop_front();
    return letter;
  }
  std::optional<char> receive_of(unsigned) override { return receive(); }
  std::optional<char> receive_lowest_up_to(unsigned) override { return receive(); }
  [[nodiscard]] bool selects() const override { return true; }

 private:
  std::deque<char> letters_;
};

// Null, with the reason, where the limits of this machine allow none.
template <class Make>
std::unique_ptr<MessageQueue> made(Make make, std::string& reason) {
  try {
    return make();
  } catch (const KernelError& error) {
    reason = error.what();
    return nullptr;
  }
}

TEST(Queues, PosixOrdersByPriorityAndCannotSelect) {
  std::string reason;
  const auto queue = made(make_posix_message_queue, reason);
  if (!queue) GTEST_SKIP() << reason;
  const QueuePriorities priorities = queue_priorities(*queue);
  EXPECT_EQ(priorities.received, "cbda");
  EXPECT_TRUE(priorities.by_rank);
  EXPECT_FALSE(priorities.in_order);
  EXPECT_FALSE(queue_selection(*queue).by_type());
}

TEST(Queues, SystemVSelectsByTypeAndKeepsTheOrder) {
  std::string reason;
  const auto queue = made(make_sysv_message_queue, reason);
  if (!queue) GTEST_SKIP() << reason;
  const QueuePriorities priorities = queue_priorities(*queue);
  EXPECT_EQ(priorities.received, "abcd");
  EXPECT_FALSE(priorities.by_rank);
  const QueueSelection selection = queue_selection(*queue);
  EXPECT_EQ(selection.of_type_2, "bd");
  EXPECT_EQ(selection.rest, "ac");
  EXPECT_EQ(selection.lowest_first, "abdc");
  EXPECT_TRUE(selection.by_type());
}

TEST(Queues, OneThatDoesNeitherIsToldApart) {
  PlainQueue queue;
  EXPECT_FALSE(queue_priorities(queue).by_rank);
  const QueueSelection selection = queue_selection(queue);
  EXPECT_FALSE(selection.by_type());
  EXPECT_EQ(selection.lowest_first, "abcd");
}

// Catches a limit that shows up as a crash, or as an error without its remedy.
TEST(Queues, ALimitIsNamedWithItsRemedy) {
  const int exit_code = in_child<int>([] {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_MSGQUEUE, &none);
    std::string reason;
    const auto queue = made(make_posix_message_queue, reason);
    return queue == nullptr && (reason.find("ulimit -q") != std::string::npos ||
                                reason.find("CONFIG_POSIX_MQUEUE") != std::string::npos)
               ? 0
               : 1;
  });
  EXPECT_EQ(exit_code, 0);
}

}  // namespace
}  // namespace ipcbench
