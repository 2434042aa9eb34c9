// Launches while another user of the machine tries to read their messages, to take part in them and to make
// them fail: all is refused, and every launch is measured. And the other way round: an ordinary user
// measures.
//
// Both take privilege, to become those users. It all happens in namespaces of its own, so that nothing of
// anybody else is tried.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "harness/base/child.hpp"
#include "harness/base/mapping.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/testing/intruder.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// Empty if this test program has what it takes; tried in a child, which goes with what it has got.
std::string why_not() {
  if (geteuid() != 0) return "only root can become another user";
  Child trial = fork_child(0, [] { _exit(unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS) == 0 ? 0 : 1); });
  return trial.reap().code == 0 ? "" : "no namespaces of its own, and what belongs to others is left alone";
}

void bring_up_loopback() {
  const Fd fd = open_socket(AF_INET, SOCK_DGRAM);
  ifreq request{};
  std::string("lo").copy(request.ifr_name, IFNAMSIZ - 1);
  checked(ioctl(fd.get(), SIOCGIFFLAGS, &request), "SIOCGIFFLAGS");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  checked(ioctl(fd.get(), SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
}

// A temporary directory for all users, as /tmp is, below the private one of this program.
class TmpForAll {
 public:
  TmpForAll() : private_(fs::temp_directory_path()), path_(private_ / "for_all") {
    fs::create_directory(path_);
    chmod(private_.c_str(), 0711);
    chmod(path_.c_str(), 01777);
    setenv("TMPDIR", path_.c_str(), 1);
  }
  ~TmpForAll() {
    setenv("TMPDIR", private_.c_str(), 1);
    chmod(private_.c_str(), 0700);
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TmpForAll(const TmpForAll&) = delete;
  TmpForAll& operator=(const TmpForAll&) = delete;

 private:
  fs::path private_;
  fs::path path_;
};

struct Told {
  std::uint64_t launches = 0;
  std::uint64_t failures = 0;
  SharedText<400> first_failure;
  BreakIns break_ins;
};

// Where strangers can come to the door, and there are moments in which they should.
bool has_an_address(const MechanismEntry& entry) {
  return entry.traits.name == "tcp" || entry.traits.name == "udp" || entry.traits.name.starts_with("unix_");
}

// Launches every mechanism, those with an address five times as often.
void launch_all(Told& told, const std::vector<Peers>& all_peers, int times) {
  for (const MechanismEntry& entry : mechanisms()) {
    if (entry.traits.name.starts_with("planted_") || entry.available()) continue;
    for (const Peers peers : all_peers) {
      if (peers == Peers::exec && entry.join == nullptr) continue;
      Cell cell{.mechanism = std::string(entry.traits.name),
                .size_bytes = std::min<std::size_t>(64, entry.traits.max_message_bytes),
                .wait = entry.traits.waits.contains(Wait::block) ? Wait::block : Wait::spin,
                .peers = peers,
                .parameters = {}};
      for (int i = 0; i < (has_an_address(entry) ? 5 * times : times); ++i) {
        cell.pattern = i % 2 == 0 ? Pattern::latency : Pattern::throughput;
        const LaunchOutcome outcome = launch(cell, brief());
        ++told.launches;
        const auto* failure = std::get_if<Failure>(&outcome);
        if (failure == nullptr || told.failures++ != 0) continue;
        told.first_failure.assign(fmt::format("{}: {}", cell_name(cell), failure->reason));
      }
    }
  }
}

// More by hand: IPCBENCH_TEST_LAUNCHES=20.
int launches_of_each() {
  const char* const asked = std::getenv("IPCBENCH_TEST_LAUNCHES");
  return asked == nullptr ? 2 : std::atoi(asked);
}

// `body` in a process with a network, kernel objects and a /dev/shm of its own. It tells what happened.
void in_namespaces(Told& told, const std::function<void()>& body) {
  Child child = fork_child(0, [&] {
    try {
      checked(unshare(CLONE_NEWNET), "unshare");
      if (!make_private(fs::temp_directory_path())) throw_errno("cannot have objects of its own");
      bring_up_loopback();
      body();
    } catch (const std::exception& error) {
      told.first_failure.assign(error.what());
      _exit(1);
    }
  });
  EXPECT_EQ(child.reap().code, 0) << told.first_failure.str();
}

// Catches a door that another user gets in by, and a launch that such a user can make fail: a stranger who is
// taken for the peer, a datagram that is counted, a message that is taken away.
TEST(HostileUser, GetsNowhere) {
  if (const std::string reason = why_not(); !reason.empty()) GTEST_SKIP() << reason;
  const TmpForAll tmp;
  const SharedMapping memory(-1, sizeof(Told));
  Told& told = *new (memory.data()) Told;
  in_namespaces(told, [&] {
    const pid_t launcher = getpid();
    std::vector<Child> intruders;
    for (const Aim aim : kAims) {
      intruders.push_back(fork_child(0, [&] { intrude(aim, launcher, told.break_ins); }));
    }
    launch_all(told, {Peers::fork, Peers::exec}, launches_of_each());
  });
  EXPECT_GT(told.launches, 100U);
  EXPECT_EQ(told.failures, 0U) << told.first_failure.str();
  EXPECT_EQ(told.break_ins.successes, 0U) << told.break_ins.first.str();
  for (std::size_t door = 0; door < kDoors.size(); ++door) {
    EXPECT_GT(told.break_ins.attempts[door], 0U) << kDoors[door];
    fmt::print("{}: {} attempts\n", kDoors[door], told.break_ins.attempts[door].load());
  }
  fmt::print("{} launches\n", told.launches);
}

// Catches what only root gets away with, under a umask that takes everything from its own user.
TEST(OrdinaryUser, MeasuresUnderEveryUmask) {
  if (const std::string reason = why_not(); !reason.empty()) GTEST_SKIP() << reason;
  const TmpForAll tmp;
  const SharedMapping memory(-1, sizeof(Told));
  Told& told = *new (memory.data()) Told;
  for (const mode_t mask : {0777U, 0U}) {
    in_namespaces(told, [&] {
      checked(setresgid(kIntruder, kIntruder, kIntruder), "setresgid");
      checked(setresuid(kIntruder, kIntruder, kIntruder), "setresuid");
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // which becoming somebody else took away
      umask(mask);
      launch_all(told, {Peers::fork, Peers::exec}, 1);
    });
  }
  EXPECT_GT(told.launches, 100U);
  EXPECT_EQ(told.failures, 0U) << told.first_failure.str();
}

}  // namespace
}  // namespace ipcbench
