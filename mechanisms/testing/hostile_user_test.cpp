// Launches while another user of the machine tries to read their messages, to take part in them and to make
// them fail: every attempt is refused, and every launch is measured. Then the reverse: an ordinary user
// measures.
//
// Both tests need privilege, to become those users. They run in namespaces of their own, so that no other
// program on the machine is attacked.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "harness/base/child.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/testing/attached_link.hpp"
#include "mechanisms/testing/intruder.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"
#include "mechanisms/testing/own_network.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// Empty if this process has the privilege; tried in a child, whose namespaces go with it.
std::string missing_privilege() {
  if (geteuid() != 0) return "only root can become another user";
  Child trial = fork_child(0, [] { _exit(unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS) == 0 ? 0 : 1); });
  return trial.reap().code == 0 ? "" : "no namespaces of its own, and the objects of others are left alone";
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

struct Outcome {
  std::uint64_t launches = 0;
  std::uint64_t failures = 0;
  SharedText<400> first_failure;
  BreakIns break_ins;
};

// Strangers can reach these mechanisms' sockets, but only for some moments of a launch.
bool has_an_address(const MechanismEntry& entry) {
  return entry.traits.kind == MechanismKind::socket && entry.traits.kinship == Kinship::named;
}

// Launches every mechanism, those with an address more often.
void launch_all(Outcome& outcome, const std::vector<Peers>& all_peers, int times, int times_with_address) {
  for (const MechanismEntry* mechanism : real_mechanisms()) {
    if (mechanism->available()) continue;
    for (const Peers peers : all_peers) {
      if (!can_have(*mechanism, peers)) continue;
      Cell cell = usual_cell(*mechanism, peers);
      for (int i = 0; i < (has_an_address(*mechanism) ? times_with_address : times); ++i) {
        cell.pattern = i % 2 == 0 ? Pattern::latency : Pattern::throughput;
        const LaunchOutcome launched = launch(cell, brief());
        ++outcome.launches;
        const auto* failure = std::get_if<Failure>(&launched);
        if (failure == nullptr || outcome.failures++ != 0) continue;
        outcome.first_failure.assign(fmt::format("{}: {}", cell_name(cell), failure->reason));
      }
    }
  }
}

// IPCBENCH_TEST_LAUNCHES=20 makes more launches, for runs by hand.
int launches_of_each() {
  const char* const asked = std::getenv("IPCBENCH_TEST_LAUNCHES");
  return asked == nullptr ? 1 : std::atoi(asked);
}

// Runs `body` in a process with a network, kernel objects and a /dev/shm of its own.
void in_namespaces(Outcome& outcome, const std::function<void()>& body) {
  Child child = fork_child(0, [&] {
    try {
      enter_own_network();
      if (!make_private(fs::temp_directory_path())) throw_errno("no namespaces of its own");
      body();
    } catch (const std::exception& error) {
      outcome.first_failure.assign(error.what());
      _exit(1);
    }
  });
  EXPECT_EQ(child.reap().code, 0) << outcome.first_failure.str();
}

// Catches a way in for another user, and a launch that another user can make fail: a stranger is taken for
// the peer, a datagram is counted, a message is taken away.
TEST(HostileUser, GetsNowhere) {
  if (const std::string reason = missing_privilege(); !reason.empty()) GTEST_SKIP() << reason;
  const TmpForAll tmp;
  const SharedMapping memory(-1, sizeof(Outcome));
  Outcome& outcome = *new (memory.data()) Outcome;
  in_namespaces(outcome, [&] {
    const pid_t launcher = getpid();
    std::vector<Child> intruders;
    for (const Aim aim : kAims) {
      intruders.push_back(fork_child(0, [&] { intrude(aim, launcher, outcome.break_ins); }));
    }
    // Objects without an address can be attacked throughout a launch, so one is as good as many.
    launch_all(outcome, {Peers::fork, Peers::exec}, launches_of_each(), 10 * launches_of_each());
  });
  EXPECT_GT(outcome.launches, 100U);
  EXPECT_EQ(outcome.failures, 0U) << outcome.first_failure.str();
  EXPECT_EQ(outcome.break_ins.successes, 0U) << outcome.break_ins.first.str();
  for (std::size_t door = 0; door < kDoors.size(); ++door) {
    EXPECT_GT(outcome.break_ins.attempts[door], 0U) << kDoors[door];
    fmt::print("{}: {} attempts\n", kDoors[door], outcome.break_ins.attempts[door].load());
  }
  fmt::print("{} launches\n", outcome.launches);
}

// Where Fast DDS keeps its objects by itself, names that everybody knows: the ports of the first
// participants, their locks and their semaphores.
std::vector<std::string> usual_names_of_fastdds() {
  std::vector<std::string> names;
  for (const int port : {7400, 7410, 7411, 7412, 7413}) {
    for (const char* const name :
         {"fastrtps_port{}", "fastrtps_port{}_el", "fastrtps_port{}_sl", "sem.fastrtps_port{}_mutex"})
      names.push_back("/dev/shm/" + fmt::format(fmt::runtime(name), port));
  }
  return names;
}

// Takes those names before there is a link, as the intruder.
void plant_usual_names() {
  become_intruder();
  for (const std::string& name : usual_names_of_fastdds()) {
    const Fd file(checked(open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666), "plant"));
    if (const int error = write_all(file.get(), "planted")) throw_error(error, "plant");
  }
}

// Those in a directory of /dev/shm.
std::vector<NamedObject> kept_in_a_directory() {
  std::vector<NamedObject> kept = named_objects();
  const std::string_view place = "/dev/shm/";
  std::erase_if(kept, [&](const NamedObject& object) {
    return !object.path.starts_with(place) ||
           (!S_ISDIR(object.mode) && object.path.find('/', place.size()) == std::string::npos);
  });
  return kept;
}

// Attacks the directory of an attached link and all that is in it, by their paths.
void attack_directory_of(const MechanismEntry& mechanism, Outcome& outcome) {
  AttachedLink link(mechanism);
  for (const Side side : {Side::consumer, Side::producer}) link.start(side, Peers::fork);
  if (!link.wait_until_attached()) throw Error("the planted names keep the ends from each other");
  const std::vector<NamedObject> kept = kept_in_a_directory();
  if (kept.size() < 5) throw Error(fmt::format("{} objects and not the link's", kept.size()));
  fork_child(0, [&] { intrude_upon(kept, outcome.break_ins); }).reap();
}

// Catches a way to the objects of a library that are in a directory of the link's own: their names are hidden
// from other users, so the attack above does not find them. Also a link that uses what somebody has planted
// where the library by itself looks.
TEST(HostileUser, GetsNowhereInTheDirectoryOfFastDds) {
  if (const std::string reason = missing_privilege(); !reason.empty()) GTEST_SKIP() << reason;
  const MechanismEntry* const mechanism = find_mechanism("fastdds_shm");
  if (const auto reason = mechanism->available()) GTEST_SKIP() << *reason;
  const TmpForAll tmp;
  const SharedMapping memory(-1, sizeof(Outcome));
  Outcome& outcome = *new (memory.data()) Outcome;
  in_namespaces(outcome, [&] {
    Child planter = fork_child(0, plant_usual_names);
    if (planter.reap().code != 0) throw Error("nothing could be planted");
    for (const Peers peers : {Peers::fork, Peers::exec}) {
      const LaunchOutcome launched = launch(usual_cell(*mechanism, peers), brief());
      if (const auto* failure = std::get_if<Failure>(&launched)) throw Error(failure->reason);
      ++outcome.launches;
    }
    attack_directory_of(*mechanism, outcome);
    for (const std::string& name : usual_names_of_fastdds()) {
      struct stat found {};
      if (stat(name.c_str(), &found) != 0 || found.st_uid != kIntruder || found.st_size != 7)
        throw Error(name + " was used");
    }
  });
  EXPECT_EQ(outcome.launches, 2U);
  EXPECT_EQ(outcome.break_ins.successes, 0U) << outcome.break_ins.first.str();
  const std::uint64_t attempts = outcome.break_ins.attempts[static_cast<std::size_t>(Door::file)];
  EXPECT_GT(attempts, 50U);
  fmt::print("{}: {} attempts\n", kDoors[static_cast<std::size_t>(Door::file)], attempts);
}

// Not the intruder, who may send signals to its own processes in the test that runs beside this one.
constexpr uid_t kOrdinary = kIntruder - 1;

// Catches a launch that works for root only, in particular under a umask that denies even its own user
// everything.
TEST(OrdinaryUser, MeasuresUnderEveryUmask) {
  if (const std::string reason = missing_privilege(); !reason.empty()) GTEST_SKIP() << reason;
  const TmpForAll tmp;
  const SharedMapping memory(-1, sizeof(Outcome));
  Outcome& outcome = *new (memory.data()) Outcome;
  for (const mode_t mask : {0777U, 0U}) {
    in_namespaces(outcome, [&] {
      checked(setresgid(kOrdinary, kOrdinary, kOrdinary), "setresgid");
      checked(setresuid(kOrdinary, kOrdinary, kOrdinary), "setresuid");
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user clears it
      umask(mask);
      launch_all(outcome, {Peers::fork, Peers::exec}, 1, 1);
    });
  }
  EXPECT_GT(outcome.launches, 100U);
  EXPECT_EQ(outcome.failures, 0U) << outcome.first_failure.str();
}

}  // namespace
}  // namespace ipcbench
