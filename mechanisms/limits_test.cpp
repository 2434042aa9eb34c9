// What mechanisms say about themselves before anything is launched: availability and the longest message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "harness/registry.hpp"
#include "harness/skip.hpp"
#include "mechanisms/testing/launching.hpp"

namespace ipcbench {
namespace {

using testing::HasSubstr;

Cell cell_of(const char* mechanism, std::size_t size_bytes, Settings parameters = {}) {
  return {.mechanism = mechanism,
          .pattern = Pattern::throughput,
          .size_bytes = size_bytes,
          .parameters = std::move(parameters)};
}

std::size_t limit_of(const char* mechanism, const Settings& parameters = {}) {
  return find_mechanism(mechanism)->message_limit(parameters).bytes;
}

class KernelLimit : public testing::TestWithParam<const char*> {};

// Catches a limit that is lower than the kernel's own. (posix_queue is not here: with privilege the kernel
// takes longer messages than the setting says.)
TEST_P(KernelLimit, IsWhereTheKernelRefuses) {
  if (const auto reason = find_mechanism(GetParam())->available()) GTEST_SKIP() << *reason;
  const Failure failure = failed(cell_of(GetParam(), limit_of(GetParam()) + 1));
  EXPECT_EQ(failure.kind, Failure::Kind::error);
  EXPECT_THAT(failure.reason, HasSubstr("producer (verifying)"));
}

INSTANTIATE_TEST_SUITE_P(Of, KernelLimit,
                         testing::Values("unix_seqpacket", "unix_datagram", "udp", "sysv_queue"),
                         [](const auto& of) { return std::string(of.param); });

// Catches a limit that does not follow the parameter: the kernel doubles 50000 and keeps 32.
TEST(DatagramLimit, FollowsTheSendBuffer) {
  const Settings buffer{{"socket_send_bytes", 50'000}};
  for (const char* mechanism : {"unix_seqpacket", "unix_datagram"}) {
    EXPECT_EQ(limit_of(mechanism, buffer), 99'968U);
    EXPECT_GT(measured(cell_of(mechanism, 99'968, buffer)).messages, 0U);
    EXPECT_EQ(failed(cell_of(mechanism, 99'969, buffer)).kind, Failure::Kind::error);
  }
}

// Catches a message that a queue shorter than it would never take, and wait for ever.
TEST(SysvQueueLimit, FollowsTheQueueBytes) {
  EXPECT_EQ(limit_of("sysv_queue", {{"queue_bytes", 100}}), 100U);
  EXPECT_GT(measured(cell_of("sysv_queue", 100, {{"queue_bytes", 100}})).messages, 0U);
}

// Lowers what this user's POSIX queues may take together, while it lives.
class QueueAllowance {
 public:
  explicit QueueAllowance(rlim_t bytes) {
    getrlimit(RLIMIT_MSGQUEUE, &before_);
    const rlimit lowered{std::min(bytes, before_.rlim_max), before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_MSGQUEUE, &lowered), 0);
  }
  ~QueueAllowance() { setrlimit(RLIMIT_MSGQUEUE, &before_); }
  QueueAllowance(const QueueAllowance&) = delete;
  QueueAllowance& operator=(const QueueAllowance&) = delete;

 private:
  rlimit before_{};
};

// Catches a queue that cannot be created for lack of allowance being launched all the same: two queues of
// 65536 messages of 4096 bytes take 512 MiB.
TEST(PosixQueueLimit, FollowsTheUsersAllowance) {
  const QueueAllowance by_default(819'200);
  const auto reason = why_skipped(cell_of("posix_queue", 4096, {{"queue_depth", 65536}}));
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("ulimit -q"));
}

// Catches a limit that leaves no room for what the kernel adds to each message.
TEST(PosixQueueLimit, LeavesRoomForBothQueues) {
  const QueueAllowance tight(100'000);
  const std::size_t longest_bytes = limit_of("posix_queue", {{"queue_depth", 10}});
  EXPECT_LT(longest_bytes, 5'000U);
  EXPECT_GT(longest_bytes, 4'500U);
  EXPECT_GT(measured(cell_of("posix_queue", longest_bytes, {{"queue_depth", 10}})).messages, 0U);
}

// Catches "available" being answered without asking, and a refusal without remedy.
TEST(PosixQueueAvailability, NamesTheAllowanceThatIsUsedUp) {
  const QueueAllowance none(0);
  const Unavailable reason = find_mechanism("posix_queue")->available();
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("ulimit -q"));
}

// Catches the same for a machine whose loopback network is down: a fresh network namespace is one.
TEST(LoopbackAvailability, NamesTheNetworkThatIsDown) {
  constexpr int kNotAllowed = 77;
  const auto ask_without_network = [] {
    if (unshare(CLONE_NEWNET) != 0) _exit(kNotAllowed);
    for (const char* mechanism : {"tcp", "udp"}) {
      const Unavailable reason = find_mechanism(mechanism)->available();
      if (!reason || reason->find("ip link set lo up") == std::string::npos) _exit(1);
    }
    _exit(0);
  };
  EXPECT_EXIT(
      ask_without_network(),
      [](int status) {
        return WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kNotAllowed);
      },
      "");
}

// Catches a path that is cut to what an address holds, and bound somewhere else.
TEST(UnixSocketPath, IsRefusedWhenTooLong) {
  const std::string directory = std::string(getenv("TMPDIR")) + "/" + std::string(80, 'x');
  const std::string previous = getenv("TMPDIR");
  ASSERT_EQ(mkdir(directory.c_str(), 0700), 0);
  setenv("TMPDIR", directory.c_str(), 1);
  for (const char* mechanism : {"unix_stream", "unix_seqpacket", "unix_datagram"}) {
    EXPECT_THAT(failed(cell_of(mechanism, 64)).reason, HasSubstr("set TMPDIR to a shorter path"));
  }
  setenv("TMPDIR", previous.c_str(), 1);
  rmdir(directory.c_str());
}

}  // namespace
}  // namespace ipcbench
