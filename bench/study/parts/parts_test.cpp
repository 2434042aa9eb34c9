// The shared parts of the experiments, each tried on objects that behave in opposite ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <deque>
#include <map>

#include "bench/study/parts/message_queue.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;

// Documented in semop(2), pthread_mutexattr_setrobust(3) and fcntl(2). A lock in shared memory stays held if
// the kernel does not know its owner.
TEST(CrashOfHolder, DependsOnTheLock) {
  const std::map<std::string_view, std::string_view> expected{
      {"System V semaphore without SEM_UNDO", "held for ever"},
      {"System V semaphore with SEM_UNDO", "freed"},
      {"POSIX semaphore", "held for ever"},
      {"mutex", "held for ever"},
      {"robust mutex", "freed and told"},
      {"read-write lock", "held for ever"},
      {"spin lock", "held for ever"},
      {"OFD record lock", "freed"},
  };
  ASSERT_EQ(lock_kinds().size(), expected.size());
  for (const LockKind& kind : lock_kinds()) {
    EXPECT_EQ(crash_of_holder(kind.make()), expected.at(kind.what)) << kind.what;
  }
}

// Catches a holder that never held the lock; its death would prove nothing.
TEST(CrashOfHolder, NeedsAHolder) {
  EXPECT_THROW(crash_of_holder([] { return EBUSY; }), Error);
  EXPECT_THROW(crash_of_holder([]() -> int { throw std::runtime_error("refused"); }), Error);
}

// A queue that ignores the ranks and keeps the order of sending.
class PlainQueue final : public MessageQueue {
 public:
  void create() override {}
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
  EXPECT_THAT(received_by(*queue, {0}), ElementsAre("cbda"));
  EXPECT_THAT(received_by(*queue, {2, -3, 0}), ElementsAre("", "", "cbda"));
}

TEST(MessageQueue, SystemVSelectsByTypeAndKeepsTheOrder) {
  std::string reason;
  const auto queue = created(make_sysv_queue(), reason);
  if (!queue) GTEST_SKIP() << reason;
  EXPECT_THAT(received_by(*queue, {0}), ElementsAre("abcd"));
  EXPECT_THAT(received_by(*queue, {2, 0}), ElementsAre("bd", "ac"));
  EXPECT_THAT(received_by(*queue, {-3}), ElementsAre("abdc"));
}

// Catches messages that one trial leaves for the next.
TEST(MessageQueue, IsLeftEmpty) {
  PlainQueue queue;
  received_by(queue, {});
  EXPECT_EQ(queue.receive(0), std::nullopt);
}

TEST(MessageQueue, APlainQueueDoesNeither) {
  PlainQueue queue;
  EXPECT_THAT(received_by(queue, {0}), ElementsAre("abcd"));
  EXPECT_THAT(received_by(queue, {2, 0}), ElementsAre("abcd", ""));
  EXPECT_THAT(received_by(queue, {-3}), ElementsAre("abcd"));
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
