// The answers of mechanisms before anything is launched: availability and the longest message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "harness/launch/skip.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/testing/launching.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

Cell streaming_cell(const std::string& mechanism, std::size_t size_bytes, Settings parameters = {}) {
  return {.mechanism = mechanism,
          .pattern = Pattern::throughput,
          .size_bytes = size_bytes,
          .load = {},
          .parameters = std::move(parameters)};
}

std::size_t longest_message(const std::string& mechanism, const Settings& parameters = {}) {
  return find_mechanism(mechanism)->message_limit(parameters).bytes;
}

// Some are modules that a kernel may lack.
std::vector<std::string> limited_mechanisms() {
  std::vector<std::string> found{"unix_seqpacket", "unix_datagram", "udp", "sysv_queue"};
  for (const char* module : {"sctp", "tipc"}) {
    if (!find_mechanism(module)->available()) found.emplace_back(module);
  }
  return found;
}

class KernelLimit : public ::testing::TestWithParam<std::string> {};

// Catches a limit that is lower than the kernel's own. (posix_queue is not here: with privilege the kernel
// takes longer messages than the setting says.)
TEST_P(KernelLimit, IsWhereTheKernelRefuses) {
  const Failure failure = failed(streaming_cell(GetParam(), longest_message(GetParam()) + 1));
  EXPECT_EQ(failure.kind, Failure::Kind::error);
  EXPECT_THAT(failure.reason, HasSubstr("producer (verifying)"));
}

INSTANTIATE_TEST_SUITE_P(Of, KernelLimit, ::testing::ValuesIn(limited_mechanisms()),
                         [](const auto& of) { return of.param; });

// Catches a capacity that the kernel refuses only once the ends exist: such a cell failed where others were
// skipped.
TEST(PipeCapacity, IsRefusedBeforeTheLaunch) {
  for (const char* mechanism : {"pipe", "fifo", "splice_pipe"}) {
    const auto reason =
        why_refused(streaming_cell(mechanism, 4096, {{"pipe_bytes", std::uint64_t{1} << 31}}));
    ASSERT_TRUE(reason) << mechanism;
    EXPECT_THAT(*reason, HasSubstr("raise fs.pipe-max-size"));
  }
}

// Catches a limit that does not follow the parameter: the kernel doubles 50000 and keeps 32.
TEST(DatagramLimit, FollowsTheSendBuffer) {
  const Settings buffer{{"socket_send_bytes", 50'000}};
  for (const char* mechanism : {"unix_seqpacket", "unix_datagram"}) {
    EXPECT_EQ(longest_message(mechanism, buffer), 99'968U);
    EXPECT_GT(measured(streaming_cell(mechanism, 99'968, buffer)).messages, 0U);
    EXPECT_EQ(failed(streaming_cell(mechanism, 99'969, buffer)).kind, Failure::Kind::error);
  }
}

// Catches a message longer than the queue, which the queue would never take: its sender would wait for ever.
TEST(SysvQueueLimit, FollowsTheQueueBytes) {
  EXPECT_EQ(longest_message("sysv_queue", {{"queue_bytes", 100}}), 100U);
  EXPECT_GT(measured(streaming_cell("sysv_queue", 100, {{"queue_bytes", 100}})).messages, 0U);
}

// Lowers the limit on the total size of this user's POSIX queues for its own lifetime.
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

// Catches a launch whose queues exceed the limit: two queues of 65536 messages of 4096 bytes take 512 MiB.
TEST(PosixQueueLimit, FollowsTheUsersAllowance) {
  const QueueAllowance by_default(819'200);
  const auto reason = why_skipped(streaming_cell("posix_queue", 4096, {{"queue_depth", 65536}}));
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("ulimit -q"));
}

// Catches a limit that leaves no room for the kernel's overhead of each message.
TEST(PosixQueueLimit, LeavesRoomForBothQueues) {
  const QueueAllowance tight(100'000);
  const std::size_t longest_bytes = longest_message("posix_queue", {{"queue_depth", 10}});
  EXPECT_LT(longest_bytes, 5'000U);
  EXPECT_GT(longest_bytes, 4'500U);
  EXPECT_GT(measured(streaming_cell("posix_queue", longest_bytes, {{"queue_depth", 10}})).messages, 0U);
}

// Catches availability that is claimed without asking the kernel, and a refusal without a remedy.
TEST(PosixQueueAvailability, NamesTheAllowanceThatIsUsedUp) {
  const QueueAllowance none(0);
  const Unavailable reason = find_mechanism("posix_queue")->available();
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("ulimit -q"));
}

std::string ipc_namespace() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/ns/ipc", unknown).string();
}
// Read before main(), and so before the tests get a namespace of their own, if they do (see leftovers.hpp).
const std::string kIpcNamespaceOfTheMachine = ipc_namespace();

// Sets a limit on System V objects for its own lifetime; never in the machine's own namespace.
class IpcLimit {
 public:
  IpcLimit(const char* name, const char* value) : file_(std::string("/proc/sys/kernel/") + name) {
    if (ipc_namespace() != kIpcNamespaceOfTheMachine) before_ = exchange(value);
  }
  ~IpcLimit() {
    if (!before_.empty()) exchange(before_);
  }
  IpcLimit(const IpcLimit&) = delete;
  IpcLimit& operator=(const IpcLimit&) = delete;
  [[nodiscard]] bool is_set() const { return !before_.empty(); }

 private:
  std::string exchange(const std::string& value) const {
    std::string previous;
    std::ifstream file(file_);
    std::getline(file, previous);
    std::ofstream(file_) << value << std::flush;
    return previous;
  }

  std::string file_;
  std::string before_;
};

// Catches a launch whose segment exceeds the limit.
TEST(SysvCompositeLimit, FollowsTheLargestSegment) {
  EXPECT_EQ(longest_message("sysv_composite"), SIZE_MAX);
  const IpcLimit lowered("shmmax", "100000");
  if (!lowered.is_set()) GTEST_SKIP() << "lowering this limit needs privilege";
  EXPECT_EQ(longest_message("sysv_composite"), 100'000U);
  EXPECT_GT(measured(streaming_cell("sysv_composite", 100'000)).messages, 0U);
  EXPECT_EQ(failed(streaming_cell("sysv_composite", 100'001)).kind, Failure::Kind::error);
}

// Catches availability that is checked for only one of the objects that a mechanism is made of, and a refusal
// without a remedy.
TEST(SystemVAvailability, NamesTheLimitThatIsUsedUp) {
  struct Expectation {
    const char* limit;
    const char* none;
    const char* mechanism;
    const char* remedy;
  };
  constexpr std::array kExpectations{
      Expectation{"shmmni", "0", "sysv_shm_ring", "kernel.shmmni"},
      Expectation{"shmmni", "0", "sysv_composite", "kernel.shmmni"},
      Expectation{"sem", "250 0 32 0", "sysv_composite", "kernel.sem"},
      Expectation{"sem", "250 0 32 0", "ring_sysv_semaphore", "kernel.sem"},
      Expectation{"msgmni", "0", "sysv_composite", "kernel.msgmni"},
      Expectation{"msgmni", "0", "sysv_queue", "kernel.msgmni"},
  };
  for (const auto& [limit, none, mechanism, remedy] : kExpectations) {
    const IpcLimit lowered(limit, none);
    if (!lowered.is_set()) GTEST_SKIP() << "lowering this limit needs privilege";
    const Unavailable reason = find_mechanism(mechanism)->available();
    ASSERT_TRUE(reason.has_value()) << mechanism << " without " << limit;
    EXPECT_THAT(*reason, HasSubstr(remedy));
  }
}

// Catches a passed descriptor that either side does not close after its message: with a limit of 32
// descriptors, a few messages would use them up.
TEST(PassedDescriptors, AreClosed) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit lowered{32, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lowered), 0);
  LaunchOptions options = brief();
  options.timed = std::chrono::milliseconds(20);
  const Measurement m = measured(streaming_cell("fd_passing", 64), options);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_GT(m.messages + m.verified_messages, 64U);
}

// Catches availability that is claimed while the loopback network is down, as it is in a new network
// namespace.
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

// Catches a path that is cut to the length of a socket address, so that the socket is bound elsewhere.
TEST(UnixSocketPath, IsRefusedWhenTooLong) {
  const std::string directory = std::string(getenv("TMPDIR")) + "/" + std::string(80, 'x');
  const std::string previous = getenv("TMPDIR");
  ASSERT_EQ(mkdir(directory.c_str(), 0700), 0);
  setenv("TMPDIR", directory.c_str(), 1);
  for (const char* mechanism : {"unix_stream", "unix_seqpacket", "unix_datagram"}) {
    EXPECT_THAT(failed(streaming_cell(mechanism, 64)).reason, HasSubstr("set TMPDIR to a shorter path"));
  }
  setenv("TMPDIR", previous.c_str(), 1);
  rmdir(directory.c_str());
}

}  // namespace
}  // namespace ipcbench
