#include "bench/study/claims/queue_claims.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <string>

#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

// A FIFO's name stays, but its content is lost when the last process closes it.
class Fifo final : public MessageQueue {
 public:
  void create() override {
    checked(mkfifo(path_.c_str(), S_IRUSR | S_IWUSR), "mkfifo");
    end_ = open_end();
  }
  void send(char letter, unsigned) override { checked(write(end_.get(), &letter, 1), "write"); }
  [[nodiscard]] bool exists() const override { return access(path_.c_str(), F_OK) == 0; }
  std::optional<char> receive(long) override {
    const Fd end = open_end();
    char letter = 0;
    return read(end.get(), &letter, 1) == 1 ? std::optional(letter) : std::nullopt;
  }

 private:
  [[nodiscard]] Fd open_end() const { return Fd(open(path_.c_str(), O_RDWR | O_NONBLOCK)); }

  LaunchDirectory directory_;
  std::string path_ = directory_.path() + "/fifo";
  Fd end_;
};

// A queue in its creator's own memory.
class OwnMemory final : public MessageQueue {
 public:
  void create() override { exists_ = true; }
  void send(char letter, unsigned) override { letter_ = letter; }
  [[nodiscard]] bool exists() const override { return exists_; }
  std::optional<char> receive(long) override { return letter_; }

 private:
  bool exists_ = false;
  std::optional<char> letter_;
};

class Refused final : public MessageQueue {
 public:
  void create() override { throw KernelError(ENOSPC, "raise the limit"); }
  void send(char, unsigned) override {}
  [[nodiscard]] bool exists() const override { return false; }
  std::optional<char> receive(long) override { return std::nullopt; }
};

// Skips the test, with the reason, if the queue cannot be created here.
void expect_lasting(MessageQueue& queue) {
  QueueLifetime lifetime;
  try {
    lifetime = queue_lifetime(queue);
  } catch (const std::runtime_error& error) {
    GTEST_SKIP() << error.what();
  }
  EXPECT_TRUE(lifetime.outlived);
  EXPECT_TRUE(lifetime.message_kept);
}

TEST(QueueLifetime, SysvQueueOutlivesItsCreator) { expect_lasting(*make_sysv_queue()); }
TEST(QueueLifetime, PosixQueueOutlivesItsCreator) { expect_lasting(*make_posix_queue()); }

// Counter-examples. They catch an experiment whose creator is still alive, or that itself has the queue open.
TEST(QueueLifetime, FifoLosesItsMessage) {
  Fifo fifo;
  const QueueLifetime lifetime = queue_lifetime(fifo);
  EXPECT_TRUE(lifetime.outlived);
  EXPECT_FALSE(lifetime.message_kept);
}
TEST(QueueLifetime, MemoryOfTheCreatorGoesWithIt) {
  OwnMemory memory;
  EXPECT_FALSE(queue_lifetime(memory).outlived);
}

TEST(QueueLifetime, PassesOnWhyThereIsNone) {
  Refused refused;
  try {
    queue_lifetime(refused);
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("raise the limit"), std::string::npos) << error.what();
  }
}

// Catches a kind that cannot be created here and counts as gone: it is no evidence.
TEST(JudgeQueueLifetime, JudgesWhatCouldBeTried) {
  const QueueLifetime lasting{.outlived = true, .message_kept = true};
  const QueueLifetime emptied{.outlived = true, .message_kept = false};
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", lasting}, {"b", lasting}}, .refused = {}}).verdict,
            ClaimVerdict::confirmed);
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", emptied}}, .refused = {}}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", lasting}, {"b", emptied}}, .refused = {}}).verdict,
            ClaimVerdict::depends);
  EXPECT_EQ(judge_queue_lifetime({.done = {{"a", lasting}}, .refused = {{"b", "limit"}}}).verdict,
            ClaimVerdict::confirmed);
  const Answer none = judge_queue_lifetime({.done = {}, .refused = {{"a", "raise x"}, {"b", "raise y"}}});
  EXPECT_EQ(none.verdict, ClaimVerdict::untested);
  EXPECT_EQ(none.finding, "a: raise x; b: raise y");
}

TEST(JudgeQueueOrder, TellsTheKinds) {
  const QueuePriorities by_rank{.sent = "abcd", .received = "cbda"};
  const QueuePriorities in_order{.sent = "abcd", .received = "abcd"};
  const QueueSelection none;
  const QueueSelection by_type{.sent = "abcd", .of_type_2 = "bd", .rest = "ac", .lowest_first = "abdc"};
  EXPECT_EQ(judge_queue_order(by_rank, in_order, by_type).verdict, ClaimVerdict::depends);
  EXPECT_EQ(judge_queue_order(by_rank, by_rank, none).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_queue_order(in_order, in_order, none).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_queue_order(in_order, in_order, by_type).verdict, ClaimVerdict::depends);
}

}  // namespace
}  // namespace ipcbench
