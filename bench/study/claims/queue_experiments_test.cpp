// Each experiment with queues and keys on the kernel's calls, and on some that behave otherwise.
#include <gtest/gtest.h>
#include <sys/msg.h>

#include <memory>
#include <string>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/claims/testing/expect_steps.hpp"
#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

using testing::expect_answer;
using Verdict = ClaimVerdict;

// A queue without types: it gives the first message whatever is asked for.
QueueCalls without_types() {
  QueueCalls calls;
  calls.receive = [](int id, void* message, std::size_t bytes, long, int flags) {
    return msgrcv(id, message, bytes, 0, flags);
  };
  return calls;
}

TEST(QueueExperiments, TellTypesFromNone) {
  expect_answer(queue_both_ways(), Verdict::depends);
  const std::vector<std::string> turns = queue_both_ways().answer().evidence;
  EXPECT_NE(turns[3].find("q (stated: a)"), std::string::npos) << turns[3];
  EXPECT_NE(turns[4].find("a (as stated)"), std::string::npos) << turns[4];  // one after the other
  const Answer by_no_type = queue_both_ways(without_types()).answer();
  EXPECT_NE(by_no_type.finding.find("msgrcv() of type 2: q;"), std::string::npos) << by_no_type.finding;
  expect_answer(queue_types(), Verdict::confirmed);
  QueueCalls any_type;
  any_type.send = [](int id, const void* message, std::size_t bytes, int flags) {
    struct {
      long type = 1;
      char letter = 'x';
    } positive;
    return msgsnd(id, *static_cast<const long*>(message) > 0 ? message : &positive, bytes, flags);
  };
  expect_answer(queue_types(any_type), Verdict::depends);
}

// A queue that tears messages: it delivers their first half.
TEST(QueueExperiments, TellWholeMessagesFromTorn) {
  expect_answer(queue_at_once(), Verdict::depends);
  QueueCalls tearing;
  tearing.receive = [](int id, void* message, std::size_t bytes, long type, int flags) {
    const ssize_t got = msgrcv(id, message, bytes, type, flags);
    return got > 1 ? got / 2 : got;
  };
  expect_answer(queue_at_once(tearing), Verdict::refuted);
}

TEST(QueueExperiments, TellLimitsFromNone) {
  expect_answer(queue_largest(), Verdict::confirmed);
  QueueCalls boundless;
  boundless.send = [](int, const void*, std::size_t, int) { return 0; };
  expect_answer(queue_largest(boundless), Verdict::depends);
  expect_answer(posix_or_sysv(), Verdict::depends);
  const Answer deaf = posix_or_sysv([] { return std::string("0"); }).answer();
  EXPECT_NE(deaf.evidence.front().find("(stated: 1)"), std::string::npos) << deaf.evidence.front();
}

// A queue in the memory of the process that creates it, which keeps the order of sending.
class OwnMemory final : public MessageQueue {
 public:
  void create() override {}
  void send(char letter, unsigned) override { letters_ += letter; }
  std::optional<char> receive(long) override {
    if (letters_.empty()) return std::nullopt;
    const char letter = letters_.front();
    letters_.erase(0, 1);
    return letter;
  }

 private:
  std::string letters_;
};
class Refused final : public MessageQueue {
 public:
  void create() override { throw KernelError(ENOSPC, "raise the limit"); }
  void send(char, unsigned) override {}
  std::optional<char> receive(long) override { return std::nullopt; }
};
constexpr QueueKind kOwn{"own memory",
                         []() -> std::unique_ptr<MessageQueue> { return std::make_unique<OwnMemory>(); }};
constexpr QueueKind kRefused{"refused",
                             []() -> std::unique_ptr<MessageQueue> { return std::make_unique<Refused>(); }};

// Catches an experiment whose creator is still alive, and a kind that cannot be created here and counts.
TEST(QueueExperiments, TellTheKernelsQueuesFromOthers) {
  expect_answer(queues_outlive_their_creator(), Verdict::confirmed);
  expect_answer(queues_are_priority_queues(), Verdict::depends);
  expect_answer(queues_outlive_their_creator(std::array{kOwn}), Verdict::refuted);
  expect_answer(queues_are_priority_queues(std::array{kOwn}), Verdict::refuted);
  const std::array posix_and_refused{queue_kinds()[1], kRefused};
  expect_answer(queues_outlive_their_creator(posix_and_refused), Verdict::confirmed);
  EXPECT_THROW(queues_are_priority_queues(posix_and_refused), KernelError);
  expect_answer(queues_are_priority_queues(std::array{queue_kinds()[1]}), Verdict::confirmed);
  const Answer none = queues_outlive_their_creator(std::array{kRefused}).answer();
  EXPECT_EQ(none.verdict, Verdict::untested);
  EXPECT_NE(none.finding.find("raise the limit"), std::string::npos) << none.finding;
}

TEST(KeyExperiments, TellExclusiveFromNot) {
  expect_answer(exclusive_creation(), Verdict::confirmed);
  expect_answer(exclusive_creation([](key_t key, int flags) { return msgget(key, flags & ~IPC_EXCL); }),
                Verdict::depends);
}

TEST(KeyExperiments, TellRemovedFromKept) {
  if (!find_program("ipcs") || !find_program("ipcrm")) GTEST_SKIP() << "needs ipcs and ipcrm (util-linux)";
  expect_answer(shown_and_removed(), Verdict::confirmed);
  expect_answer(shown_and_removed([](int) {}), Verdict::depends);
}

TEST(KeyExperiments, TellHowMuchOfTheIdCounts) {
  const Ftok all_bits = [](const char*, int project) { return key_t{project}; };
  const Ftok refusing_zero = [](const char* path, int project) {
    return project == 0 ? -1 : ftok(path, project);
  };
  const Ftok by_process = [](const char*, int) { return static_cast<key_t>(getpid()); };
  expect_answer(ftok_bits(), Verdict::confirmed);
  expect_answer(ftok_bits(all_bits), Verdict::depends);
  expect_answer(ftok_zero(), Verdict::refuted);
  expect_answer(ftok_zero(refusing_zero), Verdict::confirmed);
  expect_answer(ftok_same(), Verdict::confirmed);
  expect_answer(ftok_same(by_process), Verdict::depends);
}

}  // namespace
}  // namespace ipcbench
