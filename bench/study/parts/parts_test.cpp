// The shared parts of the experiments, each tried on objects that behave in opposite ways.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <deque>
#include <map>

#include "bench/study/parts/message_queue.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

// Documented in semop(2), pthread_mutexattr_setrobust(3) and fcntl(2). A lock in shared memory stays held if
// the kernel does not know its owner.
TEST(CrashOfHolder, DependsOnTheLock) {
  const std::map<std::string_view, AfterCrash> expected{
      {"System V semaphore without SEM_UNDO", AfterCrash::held_for_ever},
      {"System V semaphore with SEM_UNDO", AfterCrash::freed},
      {"POSIX semaphore", AfterCrash::held_for_ever},
      {"mutex", AfterCrash::held_for_ever},
      {"robust mutex", AfterCrash::freed_and_told},
      {"read-write lock", AfterCrash::held_for_ever},
      {"spin lock", AfterCrash::held_for_ever},
      {"OFD record lock", AfterCrash::freed},
  };
  ASSERT_EQ(lock_kinds().size(), expected.size());
  for (const LockKind& kind : lock_kinds()) {
    EXPECT_EQ(crash_of_holder(*kind.make()), expected.at(kind.what)) << kind.what;
  }
}

// Catches a holder that never held the lock; its death would prove nothing.
TEST(CrashOfHolder, NeedsAHolder) {
  class Refusing final : public SharedLock {
    void take() override { throw std::runtime_error("refused"); }
    int try_take() override { return 0; }
  };
  Refusing lock;
  EXPECT_THROW(crash_of_holder(lock), std::runtime_error);
}

// A queue that ignores the ranks and keeps the order of sending.
class PlainQueue final : public MessageQueue {
 public:
  void create() override {}
  [[nodiscard]] bool exists() const override { return true; }
  void send(char letter, unsigned) override { letters_.push_back(letter); }
  std::optional<char> receive(long) override {
    if (letters_.empty()) return std::nullopt;
    const char letter = letters_.front();
    letters_.pop_front();
    return letter;
  }

 private:
  std::deque<char> letters_;
};

// Null, with the reason, if the limits of this machine do not allow one.
std::unique_ptr<MessageQueue> created(std::unique_ptr<MessageQueue> queue, std::string& reason) {
  try {
    queue->create();
    return queue;
  } catch (const KernelError& error) {
    reason = error.what();
    return nullptr;
  }
}

TEST(MessageQueue, PosixOrdersByPriorityAndCannotSelect) {
  std::string reason;
  const auto queue = created(make_posix_queue(), reason);
  if (!queue) GTEST_SKIP() << reason;
  const QueuePriorities priorities = queue_priorities(*queue);
  EXPECT_EQ(priorities.received, "cbda");
  EXPECT_TRUE(priorities.by_rank());
  EXPECT_FALSE(priorities.in_order());
  EXPECT_FALSE(queue_selection(*queue).by_type());
}

TEST(MessageQueue, SystemVSelectsByTypeAndKeepsTheOrder) {
  std::string reason;
  const auto queue = created(make_sysv_queue(), reason);
  if (!queue) GTEST_SKIP() << reason;
  const QueuePriorities priorities = queue_priorities(*queue);
  EXPECT_EQ(priorities.received, "abcd");
  EXPECT_FALSE(priorities.by_rank());
  const QueueSelection selection = queue_selection(*queue);
  EXPECT_EQ(selection.of_type_2, "bd");
  EXPECT_EQ(selection.rest, "ac");
  EXPECT_EQ(selection.lowest_first, "abdc");
  EXPECT_TRUE(selection.by_type());
}

TEST(MessageQueue, APlainQueueDoesNeither) {
  PlainQueue queue;
  EXPECT_FALSE(queue_priorities(queue).by_rank());
  const QueueSelection selection = queue_selection(queue);
  EXPECT_FALSE(selection.by_type());
  EXPECT_EQ(selection.lowest_first, "abcd");
}

// Catches a limit that shows up as a crash, or as an error without its remedy.
TEST(MessageQueue, ALimitIsNamedWithItsRemedy) {
  EXPECT_TRUE(in_child<bool>([] {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_MSGQUEUE, &none);
    std::string reason;
    return created(make_posix_queue(), reason) == nullptr &&
           (reason.find("ulimit -q") != std::string::npos ||
            reason.find("CONFIG_POSIX_MQUEUE") != std::string::npos);
  }));
}

}  // namespace
}  // namespace ipcbench
